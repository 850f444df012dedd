/** What a measured page writes down, put into it before its own scripts; it changes nothing that the app does. */
(() => {
  const at = () => performance.timeOrigin + performance.now();
  const bench = { tap: 0, chosen: 0, ready: 0, usable: 0, commits: [], long: [], at };
  globalThis.bench = bench;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) bench.long.push([performance.timeOrigin + task.startTime, task.duration]);
  }).observe({ type: 'longtask', buffered: true });

  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const made = transaction.call(this, stores, mode, options);
    if (mode === 'readwrite')
      made.addEventListener('complete', () => bench.commits.push([at(), [...made.objectStoreNames].join()]));
    return made;
  };

  addEventListener(
    'click',
    (event) => {
      const found = event.target.closest?.('.tiles [data-code], form[action$="/join"] button');
      if (!found) return;
      bench.tap = performance.timeOrigin + event.timeStamp;
      if (found.form) sessionStorage.setItem('bench-tap', String(bench.tap));
    },
    true,
  );
  addEventListener('change', (event) => event.target.type === 'file' && (bench.chosen = at()), true);

  const moments = { ready: '.sum.is-good', usable: '#new-pin:not(:disabled)' };
  const look = () => {
    for (const [name, selector] of Object.entries(moments)) {
      if (bench[name] || !document.querySelector(selector)) continue;
      bench[name] = -1;
      requestAnimationFrame(() => setTimeout(() => (bench[name] = at())));
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})();

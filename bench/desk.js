/** What a measured desk writes down: when it can be used, how long frames take, when the next pin is shown. */
(() => {
  const bench = { usable: 0, frames: [], keys: [], long: [] };
  globalThis.bench = bench;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) bench.long.push(task.duration);
  }).observe({ type: 'longtask', buffered: true });

  /** After the next frame has been drawn. */
  const painted = (then) => requestAnimationFrame(() => setTimeout(() => then(performance.now())));

  let before = 0;
  const frame = (at) => {
    if (before) bench.frames.push(at - before);
    before = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  const look = () => {
    if (bench.usable || !document.querySelector('.pinrow') || !document.querySelector('.map-pin')) return;
    bench.usable = -1;
    painted((at) => (bench.usable = at));
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });

  const shown = () => document.querySelector('.pinrow[aria-current]')?.dataset.number;
  const told = () => document.querySelector('.detail__head .muted')?.textContent ?? '';
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'j') return;
      const was = shown();
      const wait = () => {
        const now = shown();
        const isThere = now !== was && told().endsWith(now ?? '?');
        if (isThere) painted((at) => bench.keys.push(at - event.timeStamp));
        else setTimeout(wait, 2);
      };
      setTimeout(wait);
    },
    true,
  );
})();

/**
 * Runs before the first paint, as a classic script: the look that was chosen at this desk, so that nothing flashes.
 */
try {
  const theme = localStorage.getItem('ts-desk-theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's own light or dark is used.
}

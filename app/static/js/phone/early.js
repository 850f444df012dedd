/**
 * Runs before the first paint, as a classic script: the theme, language direction and hand of last time, so that
 * nothing flashes white at night or jumps from side to side. Decides nothing; theme.js and prefs.js do.
 */
try {
  const { dataset } = document.documentElement;
  const theme = localStorage.getItem('ts-theme-now');
  const hand = localStorage.getItem('ts-hand');
  if (theme) dataset.theme = theme;
  if (hand) dataset.hand = hand;
} catch {
  // No storage (private mode): the system's own light or dark is used.
}

/* Runs before the first paint, so that a chosen theme doesn't flash: hence not a module. */
try {
  const theme = localStorage.getItem('fcn-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden; then the theme is the system's.
}

/*
 * Says in the page for iframes that its script didn't come. A module is fetched as from another origin where a sandbox takes
 * the frame's own away; this is none, and comes all the same.
 */
addEventListener('error', ({ target }) => {
  const failed = document.getElementById('failed')
  if (target instanceof HTMLScriptElement && failed) failed.hidden = false
}, true)

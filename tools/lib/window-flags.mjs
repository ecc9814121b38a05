/** How a browser is started that is nothing but the app's window: without errands of its own, and with a profile of its own. */
export const windowFlags = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Fetching scripts beside the main thread makes Chromium (seen in 156) compile them anew at each start, with their compiled
  // code in its cache: a fifth of what the page costs.
  '--disable-features=BackgroundResourceFetch',
]

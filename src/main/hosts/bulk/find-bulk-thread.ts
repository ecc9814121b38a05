/**
 * Where the thread's program is, seen from the module at `own`: its source beside this one while the engine runs from sources; in a
 * built app out/main/bulk-thread.js, whichever file there the bundler has put this into. Pure.
 */
export function findBulkThread(own: string = import.meta.url): URL {
  if (own.endsWith('.ts')) return new URL('bulk-thread.ts', own)
  return new URL(/\/chunks\/[^/]+$/.test(own) ? '../bulk-thread.js' : 'bulk-thread.js', own)
}

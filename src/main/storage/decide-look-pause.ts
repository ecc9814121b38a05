/** How often a domain that is well is looked at through a host, at most; and how long the pauses after failures become. */
const LOOK_MS = 30_000
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 60_000
/** So many looks fit into the time that trouble is waited out. */
const LOOKS_IN_PATIENCE = 5
const LEAST_MS = 500

/** How long until a host's connection to a domain is looked at again, after so many failures in a row. Pure. */
export function decideLookPauseMs(failures: number, patienceMs: number): number {
  const bound = Math.max(LEAST_MS, patienceMs / LOOKS_IN_PATIENCE)
  const wanted = failures === 0 ? LOOK_MS : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10))
  return Math.min(wanted, bound)
}

import type { DomainRecord } from '../hosts/index.ts'

type Seen = Pick<DomainRecord, 'state' | 'reason'> | null

/**
 * Where a machine is after something was interrupted. `source`: only there; `destination`: it runs there, and the source has
 * nothing that could run; `handed-over`: it runs at the destination, and the source keeps a copy that stands still;
 * `still`: it stands still at the source, and the destination has nothing; `on-its-way`: both have a copy, and the one at the source
 * is the machine; `nowhere`: neither has it running; `both`: it runs twice, which nothing of ours does.
 */
export type Whereabouts = 'source' | 'destination' | 'handed-over' | 'still' | 'on-its-way' | 'nowhere' | 'both'

/** Reads both hosts' word. Null: the host has no such domain. Pure. */
export function decideWhereabouts(source: Seen, destination: Seen): Whereabouts {
  const atSource = standOf(source, WAITS_AT_SOURCE)
  const atDestination = standOf(destination, WAITS_AT_DESTINATION)
  if (atDestination === 'runs') {
    if (atSource === 'runs') return 'both'
    return atSource === 'waits' ? 'handed-over' : 'destination'
  }
  if (atDestination === 'waits') {
    if (atSource === 'absent') return 'nowhere'
    return 'on-its-way'
  }
  if (atSource === 'runs') return 'source'
  return atSource === 'waits' ? 'still' : 'nowhere'
}

/** After a post-copy that broke off the machine is what is at the destination; the source's copy must never run again. */
const WAITS_AT_SOURCE: ReadonlySet<string> = new Set(['migration', 'post-copy', 'post-copy-failed'])
const WAITS_AT_DESTINATION: ReadonlySet<string> = new Set(['migration'])

/** `waits`: a QEMU that stands still because of a migration. A guest that a person paused runs, in this sense. */
function standOf(seen: Seen, waiting: ReadonlySet<string>): 'runs' | 'waits' | 'absent' {
  if (seen === null || seen.state === 'shut-off' || seen.state === 'no-state') return 'absent'
  return seen.state === 'paused' && waiting.has(seen.reason) ? 'waits' : 'runs'
}

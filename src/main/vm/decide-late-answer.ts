import type { GuestAnswer, HostId } from '../../shared/domain/index.ts'
import { type DomainRecord, isActiveState } from '../hosts/index.ts'

/** Which run of a machine: the number that its host gave it. */
export interface GuestRun {
  readonly hostId: HostId
  readonly domainId: number
}

/** What is seen of a guest that was asked for something. `run` is null where it does not run, or that is not known. */
export type SeenGuest = Pick<DomainRecord, 'state' | 'reason'> & { readonly run: GuestRun | null }

/**
 * What became of a guest that was asked to shut down or to reboot, while nobody saw its events: by what its host shows now. `busy`: it
 * may be the run of then. `askedRun` is null where it is not known. `seen` is null for a machine that no host has any more. Pure.
 */
export function decideLateAnswer(
  seen: SeenGuest | null,
  { askedRun, goesDown }: { readonly askedRun: GuestRun | null; readonly goesDown: boolean },
): GuestAnswer['outcome'] | 'busy' {
  if (seen === null) return 'unseen'
  const { state, reason, run } = seen
  if (state === 'crashed') return 'overtaken'
  if (isActiveState(state)) {
    // After a live migration it is the same run with another number.
    const isOther = run?.hostId === askedRun?.hostId && run?.domainId !== askedRun?.domainId
    // It went down and was started again; how it went down, nobody saw.
    return isOther ? 'unseen' : 'busy'
  }
  // A daemon that was started meanwhile does not know any more how its machines went down.
  if (reason === 'unknown') return 'unseen'
  return goesDown && reason === 'shutdown' ? 'done' : 'overtaken'
}

import type { AuditEvent, Vm, VmId, VmStatus } from '../../../shared/domain/index.ts'

/** What is known of the guest that a window shows: whether it is still the same run of it. */
export interface GuestRun {
  /** Goes up with each run that is seen to begin after the first. */
  readonly count: number
  readonly hostId: string | null
  /** libvirt's id of the domain while it runs; a new one with each start on a host. */
  readonly domainId: number | null
  /** What the next sight of it running means. */
  readonly next: 'same' | 'new' | 'decided-by-id'
}

/** Before anything was seen. */
export const NO_RUN: GuestRun = { count: 0, hostId: null, domainId: null, next: 'same' }

const BEGINS_ANEW: ReadonlySet<VmStatus> = new Set<VmStatus>(['down', 'wait-for-launch', 'powering-up'])
/** The guest's memory is kept: it goes on where it was, in a new domain. */
const GOES_ON: ReadonlySet<VmStatus> = new Set<VmStatus>(['saving-state', 'suspended', 'restoring-state'])

/** The run after the next sight of the VM; the same object when nothing of it changed. Pure. */
export function nextRun(run: GuestRun, vm: Pick<Vm, 'status' | 'hostId' | 'domainId'> | undefined): GuestRun {
  if (vm === undefined || vm.status === 'unknown') return run
  if (BEGINS_ANEW.has(vm.status)) return run.next === 'new' ? run : { ...run, next: 'new' }
  if (GOES_ON.has(vm.status)) return run.next === 'same' ? run : { ...run, next: 'same' }
  const sameHost = run.hostId === vm.hostId
  const sameDomain = sameHost && run.domainId === vm.domainId
  if (sameDomain && run.next === 'decided-by-id') return run
  // On another host it is the same guest with another id: it has moved there.
  const begins = run.next === 'new' || (run.next === 'decided-by-id' && sameHost)
  const count = begins && run.hostId !== null ? run.count + 1 : run.count
  return { count, hostId: vm.hostId, domainId: vm.domainId, next: 'decided-by-id' }
}

/** The last line of the trail that says the VM was reset or booted anew within its run, or null. Pure. */
export function findLastReboot(events: Iterable<AuditEvent>, vmId: VmId): string | null {
  let last: string | null = null
  for (const { id, kind, command, subject, error } of events) {
    if (subject.id !== vmId || error !== null) continue
    if (kind !== 'vm.rebooted' && command !== 'vm.reset') continue
    if (last === null || BigInt(id) > BigInt(last)) last = id
  }
  return last
}

/** libvirt's domain states by number (`virDomainState`). */
const STATES = [
  'no-state',
  'running',
  'blocked',
  'paused',
  'shutting-down',
  'shut-off',
  'crashed',
  'pm-suspended',
] as const

export type DomainState = (typeof STATES)[number] | 'unknown'

/** Reasons by state and number (`virDomainRunningReason` and its like), in words. */
const REASONS: Readonly<Partial<Record<DomainState, readonly string[]>>> = {
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from-snapshot',
    'unpaused',
    'migration-canceled',
    'save-canceled',
    'wakeup',
    'crashed',
    'post-copy',
    'post-copy-failed',
  ],
  paused: [
    'unknown',
    'user',
    'migration',
    'save',
    'dump',
    'io-error',
    'watchdog',
    'from-snapshot',
    'shutting-down',
    'snapshot',
    'crashed',
    'starting-up',
    'post-copy',
    'post-copy-failed',
    'api-error',
  ],
  'shutting-down': ['unknown', 'user'],
  'shut-off': ['unknown', 'shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot', 'daemon'],
  crashed: ['unknown', 'panicked'],
}

/** Names a state and its reason; numbers of a newer libvirt become `unknown`. */
export function nameDomainState(state: number, reason: number): { state: DomainState; reason: string } {
  const name = STATES[state] ?? 'unknown'
  return { state: name, reason: REASONS[name]?.[reason] ?? 'unknown' }
}

/** Does a QEMU process exist in this state? */
export function isActiveState(state: DomainState): boolean {
  return state !== 'shut-off' && state !== 'no-state' && state !== 'unknown'
}

/** Details of lifecycle events by event and number (`virDomainEventStoppedDetailType` and its like). */
const LIFECYCLE_DETAILS: Readonly<Record<string, readonly string[]>> = {
  defined: ['added', 'updated', 'renamed', 'from-snapshot'],
  undefined: ['removed', 'renamed'],
  started: ['booted', 'migrated', 'restored', 'from-snapshot', 'wakeup', 'recreated'],
  suspended: [
    'paused',
    'migrated',
    'io-error',
    'watchdog',
    'restored',
    'from-snapshot',
    'api-error',
    'post-copy',
    'post-copy-failed',
    'guest-shutdown',
  ],
  resumed: ['unpaused', 'migrated', 'from-snapshot', 'post-copy', 'post-copy-failed'],
  stopped: ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot', 'recreated'],
  shutdown: ['finished', 'guest', 'host'],
  pmsuspended: ['memory', 'disk'],
  crashed: ['panicked', 'crash-loaded'],
}

/** Names the detail of a lifecycle event; `unknown` for a number of a newer libvirt. */
export function nameLifecycleDetail(event: string, detail: number): string {
  return LIFECYCLE_DETAILS[event]?.[detail] ?? 'unknown'
}

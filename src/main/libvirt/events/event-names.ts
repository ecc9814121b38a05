/** Lifecycle events by their number in libvirt's public headers (`virDomainEventType` and its like). */
export const domainLifecycleEvents = [
  'defined',
  'undefined',
  'started',
  'suspended',
  'resumed',
  'stopped',
  'shutdown',
  'pmsuspended',
  'crashed',
] as const
export const networkLifecycleEvents = ['defined', 'undefined', 'started', 'stopped'] as const
export const storagePoolLifecycleEvents = ['defined', 'undefined', 'started', 'stopped', 'created', 'deleted'] as const
export const nodeDeviceLifecycleEvents = ['created', 'deleted', 'defined', 'undefined'] as const
export const secretLifecycleEvents = ['defined', 'undefined'] as const

/** The name of a number; `unknown` for one that a newer daemon has and we don't. */
export function eventName<const Names extends readonly string[]>(
  names: Names,
  number: number,
): Names[number] | 'unknown' {
  return names[number] ?? 'unknown'
}

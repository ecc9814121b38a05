import type { EventMessages } from '../protocol/procedures.gen.ts'

/** Lifecycle events by their number in libvirt's public headers (`virDomainEventType` and its like). */
const domainLifecycleEvents = [
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
const networkLifecycleEvents = ['defined', 'undefined', 'started', 'stopped'] as const
const storagePoolLifecycleEvents = ['defined', 'undefined', 'started', 'stopped', 'created', 'deleted'] as const
const nodeDeviceLifecycleEvents = ['created', 'deleted', 'defined', 'undefined'] as const
const secretLifecycleEvents = ['defined', 'undefined'] as const

/** The name of a number; `unknown` for one that a newer daemon has and we don't. */
function eventName<const Names extends readonly string[]>(names: Names, number: number): Names[number] | 'unknown' {
  return names[number] ?? 'unknown'
}

/** Which pair of procedures turns an event on and off, and whose numbers its callback ids are. */
export type EventFamily = 'domain' | 'network' | 'storage-pool' | 'node-device' | 'secret'

interface EventSource<M extends keyof EventMessages, Body> {
  readonly family: EventFamily
  /** The number to register for (`virDomainEventID` and its like). */
  readonly eventId: number
  readonly message: M
  /** The event as the face shows it: flat, without the callback's number. */
  readonly body: (message: EventMessages[M]) => Body
}

function source<M extends keyof EventMessages, Body>(
  family: EventFamily,
  eventId: number,
  message: M,
  body: (message: EventMessages[M]) => Body,
): EventSource<M, Body> {
  return { family, eventId, message, body }
}

/** Every event that can be subscribed to, by kind. */
export const eventSources = {
  'domain-lifecycle': source('domain', 0, 'DOMAIN_EVENT_CALLBACK_LIFECYCLE', ({ msg }) => ({
    domain: msg.dom,
    event: eventName(domainLifecycleEvents, msg.event),
    detail: msg.detail,
  })),
  'domain-reboot': source('domain', 1, 'DOMAIN_EVENT_CALLBACK_REBOOT', ({ msg }) => ({ domain: msg.dom })),
  'domain-rtc-change': source('domain', 2, 'DOMAIN_EVENT_CALLBACK_RTC_CHANGE', ({ msg }) => ({
    domain: msg.dom,
    offsetSeconds: msg.offset,
  })),
  'domain-watchdog': source('domain', 3, 'DOMAIN_EVENT_CALLBACK_WATCHDOG', ({ msg }) => ({
    domain: msg.dom,
    action: msg.action,
  })),
  'domain-graphics': source('domain', 5, 'DOMAIN_EVENT_CALLBACK_GRAPHICS', ({ msg }) => ({
    domain: msg.dom,
    phase: msg.phase,
    local: msg.local,
    remote: msg.remote,
    authScheme: msg.authScheme,
    subject: msg.subject,
  })),
  'domain-io-error': source('domain', 6, 'DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON', ({ msg }) => ({
    domain: msg.dom,
    sourcePath: msg.srcPath,
    deviceAlias: msg.devAlias,
    action: msg.action,
    reason: msg.reason,
  })),
  'domain-control-error': source('domain', 7, 'DOMAIN_EVENT_CALLBACK_CONTROL_ERROR', ({ msg }) => ({
    domain: msg.dom,
  })),
  'domain-disk-change': source('domain', 9, 'DOMAIN_EVENT_CALLBACK_DISK_CHANGE', ({ msg }) => ({
    domain: msg.dom,
    oldSourcePath: msg.oldSrcPath,
    newSourcePath: msg.newSrcPath,
    deviceAlias: msg.devAlias,
    reason: msg.reason,
  })),
  'domain-tray-change': source('domain', 10, 'DOMAIN_EVENT_CALLBACK_TRAY_CHANGE', ({ msg }) => ({
    domain: msg.dom,
    deviceAlias: msg.devAlias,
    reason: msg.reason,
  })),
  'domain-pm-wakeup': source('domain', 11, 'DOMAIN_EVENT_CALLBACK_PMWAKEUP', ({ msg, reason }) => ({
    domain: msg.dom,
    reason,
  })),
  'domain-pm-suspend': source('domain', 12, 'DOMAIN_EVENT_CALLBACK_PMSUSPEND', ({ msg, reason }) => ({
    domain: msg.dom,
    reason,
  })),
  'domain-balloon-change': source('domain', 13, 'DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE', ({ msg }) => ({
    domain: msg.dom,
    actualKiB: msg.actual,
  })),
  'domain-pm-suspend-disk': source('domain', 14, 'DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK', ({ msg, reason }) => ({
    domain: msg.dom,
    reason,
  })),
  'domain-device-removed': source('domain', 15, 'DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED', ({ msg }) => ({
    domain: msg.dom,
    deviceAlias: msg.devAlias,
  })),
  'domain-block-job': source('domain', 16, 'DOMAIN_EVENT_BLOCK_JOB_2', (message) => ({
    domain: message.dom,
    disk: message.dst,
    type: message.type,
    status: message.status,
  })),
  'domain-tunable': source('domain', 17, 'DOMAIN_EVENT_CALLBACK_TUNABLE', (message) => ({
    domain: message.dom,
    parameters: message.params,
  })),
  'domain-agent-lifecycle': source('domain', 18, 'DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE', (message) => ({
    domain: message.dom,
    state: eventName(['unknown', 'connected', 'disconnected'], message.state),
    reason: message.reason,
  })),
  'domain-device-added': source('domain', 19, 'DOMAIN_EVENT_CALLBACK_DEVICE_ADDED', (message) => ({
    domain: message.dom,
    deviceAlias: message.devAlias,
  })),
  'domain-migration-iteration': source('domain', 20, 'DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION', (message) => ({
    domain: message.dom,
    iteration: message.iteration,
  })),
  'domain-job-completed': source('domain', 21, 'DOMAIN_EVENT_CALLBACK_JOB_COMPLETED', (message) => ({
    domain: message.dom,
    parameters: message.params,
  })),
  'domain-device-removal-failed': source('domain', 22, 'DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED', (message) => ({
    domain: message.dom,
    deviceAlias: message.devAlias,
  })),
  'domain-metadata-change': source('domain', 23, 'DOMAIN_EVENT_CALLBACK_METADATA_CHANGE', (message) => ({
    domain: message.dom,
    type: eventName(['description', 'title', 'element'], message.type),
    namespaceUri: message.nsuri,
  })),
  'domain-block-threshold': source('domain', 24, 'DOMAIN_EVENT_BLOCK_THRESHOLD', (message) => ({
    domain: message.dom,
    device: message.dev,
    path: message.path,
    thresholdBytes: message.threshold,
    excessBytes: message.excess,
  })),
  'domain-memory-failure': source('domain', 25, 'DOMAIN_EVENT_MEMORY_FAILURE', (message) => ({
    domain: message.dom,
    recipient: message.recipient,
    action: message.action,
    flags: message.flags,
  })),
  'domain-memory-device-size-change': source('domain', 26, 'DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE', (message) => ({
    domain: message.dom,
    deviceAlias: message.alias,
    sizeKiB: message.size,
  })),
  'domain-nic-mac-change': source('domain', 27, 'DOMAIN_EVENT_NIC_MAC_CHANGE', (message) => ({
    domain: message.dom,
    deviceAlias: message.alias,
    oldMac: message.oldMAC,
    newMac: message.newMAC,
  })),
  'domain-vcpu-removed': source('domain', 28, 'DOMAIN_EVENT_VCPU_REMOVED', (message) => ({
    domain: message.dom,
    vcpuId: message.vcpuid,
  })),
  'domain-channel-lifecycle': source('domain', 29, 'DOMAIN_EVENT_CALLBACK_CHANNEL_LIFECYCLE', (message) => ({
    domain: message.dom,
    channelName: message.channelName,
    state: eventName(['unknown', 'connected', 'disconnected'], message.state),
    reason: message.reason,
  })),
  'network-lifecycle': source('network', 0, 'NETWORK_EVENT_LIFECYCLE', (message) => ({
    network: message.net,
    event: eventName(networkLifecycleEvents, message.event),
    detail: message.detail,
  })),
  'network-metadata-change': source('network', 1, 'NETWORK_EVENT_CALLBACK_METADATA_CHANGE', (message) => ({
    network: message.net,
    type: eventName(['description', 'title', 'element'], message.type),
    namespaceUri: message.nsuri,
  })),
  'storage-pool-lifecycle': source('storage-pool', 0, 'STORAGE_POOL_EVENT_LIFECYCLE', (message) => ({
    pool: message.pool,
    event: eventName(storagePoolLifecycleEvents, message.event),
    detail: message.detail,
  })),
  'storage-pool-refresh': source('storage-pool', 1, 'STORAGE_POOL_EVENT_REFRESH', (message) => ({
    pool: message.pool,
  })),
  'node-device-lifecycle': source('node-device', 0, 'NODE_DEVICE_EVENT_LIFECYCLE', (message) => ({
    device: message.dev,
    event: eventName(nodeDeviceLifecycleEvents, message.event),
    detail: message.detail,
  })),
  'node-device-update': source('node-device', 1, 'NODE_DEVICE_EVENT_UPDATE', (message) => ({ device: message.dev })),
  'secret-lifecycle': source('secret', 0, 'SECRET_EVENT_LIFECYCLE', (message) => ({
    secret: message.secret,
    event: eventName(secretLifecycleEvents, message.event),
    detail: message.detail,
  })),
  'secret-value-changed': source('secret', 1, 'SECRET_EVENT_VALUE_CHANGED', (message) => ({
    secret: message.secret,
  })),
} as const

/** A kind of event: `domain-lifecycle`, `storage-pool-refresh`, … */
export type EventKind = keyof typeof eventSources

/** One event of the given kinds: `{ kind, …what it is about }`. */
export type LibvirtEvent<K extends EventKind = EventKind> = {
  [Each in K]: { readonly kind: Each } & Readonly<ReturnType<(typeof eventSources)[Each]['body']>>
}[K]

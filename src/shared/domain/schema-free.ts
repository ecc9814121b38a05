import type { TaskStatus } from './task.ts'

// Apart from the schemas: the page's first scripts use this, and build none.

/** What holds until somebody changes it: the defaults of `settingsSchema`. */
export const defaultSettings = {
  auditDays: 180,
  connectTimeoutMs: 15_000,
  nonResponsiveAfterMs: 60_000,
  nonResponsiveAfterFailures: 2,
  patiencePerVmMs: 500,
  patienceStorageManagerMs: 20_000,
  recheckNonOperationalMs: 300_000,
  hostReturnMs: 600_000,
  storagePatienceMs: 300_000,
  networkPatienceMs: 60_000,
  confirmForcedActions: true,
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a text has the form of an id. */
export function isId(text: string): boolean {
  return ID.test(text)
}

/** True for what still has something to do, or to find out. */
export function isOpenStatus(status: TaskStatus): boolean {
  return OPEN_STATUSES.includes(status)
}

/** In the order in which a person looks for them. */
export const OPEN_STATUSES: readonly TaskStatus[] = ['running', 'undoing', 'queued', 'unknown', 'left-behind']

/*
 * Commands that only ask a guest to do something. That they succeeded means that it was asked. It is done when an event of the
 * machine says so.
 */
export const GUEST_COMMANDS: readonly string[] = ['vm.shutdown', 'vm.reboot']

/** True for a command that a guest may ignore. */
export function asksGuest(command: string): boolean {
  return GUEST_COMMANDS.includes(command)
}

/** Bytes. What a network without an MTU of its own has. */
export const DEFAULT_MTU_BYTES = 1_500

/**
 * What a network is for in a cluster. `vm`: machines may be attached to it. The others are held by one network of a cluster:
 * `management`: the engine reaches hosts over it; `display`: consoles; `migration`: memory of machines on their way;
 * `default-route`: its gateway and DNS are those of the host.
 */
export const NETWORK_ROLES = ['vm', 'management', 'display', 'migration', 'default-route'] as const

/** The network that every datacenter has from the start, after oVirt. */
export const MANAGEMENT_NETWORK_NAME = 'ovirtmgmt'

/** Kinds of storage pools that a host's own can be made as. libvirt has others (`iscsi`, `disk`, …): those are shown. */
export const HOST_POOL_TYPES = ['dir', 'fs', 'netfs', 'logical', 'zfs'] as const

/** Modes of libvirt networks that can be made here. libvirt has others (`passthrough`, `hostdev`, …): those are shown. */
export const LIBVIRT_NETWORK_MODES = ['nat', 'route', 'isolated', 'open', 'bridge'] as const

import type { EventKind, LibvirtEvent } from '../libvirt/index.ts'

/** The drivers of a host beside the hypervisor's, each of which gets a connection of its own. */
export const DRIVER_FAMILIES = ['storage', 'network', 'node-device', 'secret', 'nwfilter'] as const
export type DriverFamily = (typeof DRIVER_FAMILIES)[number]

interface FamilyTraits {
  /** The daemon that has only this driver, on hosts with modular daemons. Its socket is called after it. */
  readonly daemon: string
  /** The scheme of the URI that this daemon is opened with. */
  readonly scheme: string
  readonly events: readonly EventKind[]
}

export const familyTraits = {
  storage: {
    daemon: 'virtstoraged',
    scheme: 'storage',
    events: ['storage-pool-lifecycle', 'storage-pool-refresh'],
  },
  network: {
    daemon: 'virtnetworkd',
    scheme: 'network',
    events: ['network-lifecycle', 'network-metadata-change'],
  },
  'node-device': {
    daemon: 'virtnodedevd',
    scheme: 'nodedev',
    events: ['node-device-lifecycle', 'node-device-update'],
  },
  secret: {
    daemon: 'virtsecretd',
    scheme: 'secret',
    events: ['secret-lifecycle', 'secret-value-changed'],
  },
  nwfilter: { daemon: 'virtnwfilterd', scheme: 'nwfilter', events: [] },
} as const satisfies Record<DriverFamily, FamilyTraits>

/** What the drivers tell by themselves. */
export type FamilyEvent = LibvirtEvent<(typeof familyTraits)[DriverFamily]['events'][number]>

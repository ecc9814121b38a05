import type { Vm, VmId } from '../../shared/domain/index.ts'

/** Sizes of a drive in bytes. */
export interface DiskSizes {
  readonly capacityBytes: number | null
  readonly allocationBytes: number | null
}

/** What is read of a VM only while somebody looks, and shown as part of it. */
export class LiveDetails {
  readonly #disks = new Map<VmId, ReadonlyMap<string, DiskSizes>>()
  readonly #addresses = new Map<VmId, ReadonlyMap<string, readonly string[]>>()
  readonly #onChange: (vmId: VmId) => void

  constructor(onChange: (vmId: VmId) => void) {
    this.#onChange = onChange
  }

  /** Sizes by the drive's target ("vda"). */
  setDisks(vmId: VmId, sizes: ReadonlyMap<string, DiskSizes>): void {
    this.#disks.set(vmId, sizes)
    this.#onChange(vmId)
  }

  /** Addresses by MAC address, lower case. */
  setAddresses(vmId: VmId, addresses: ReadonlyMap<string, readonly string[]>): void {
    this.#addresses.set(vmId, addresses)
    this.#onChange(vmId)
  }

  /** Forgets what a VM that is gone or down no longer has. Tells nobody. */
  forget(vmId: VmId, what: 'all' | 'addresses'): void {
    this.#addresses.delete(vmId)
    if (what === 'all') this.#disks.delete(vmId)
  }

  /** The devices with what is known on top. */
  applyTo(vmId: VmId, devices: Pick<Vm, 'disks' | 'nics'>): Pick<Vm, 'disks' | 'nics'> {
    const sizes = this.#disks.get(vmId)
    const addresses = this.#addresses.get(vmId)
    return {
      disks:
        sizes === undefined ? devices.disks : devices.disks.map((disk) => ({ ...disk, ...sizes.get(disk.target) })),
      nics:
        addresses === undefined
          ? devices.nics
          : devices.nics.map((nic) => ({
              ...nic,
              addresses: [...(addresses.get(nic.macAddress.toLowerCase()) ?? [])],
            })),
    }
  }
}

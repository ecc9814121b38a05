import type { Vm, VmId } from '../../shared/domain/index.ts'

/** What is read of a VM only while somebody looks, and shown as part of it: the addresses of its network cards. */
export class LiveDetails {
  readonly #addresses = new Map<VmId, ReadonlyMap<string, readonly string[]>>()
  readonly #onChange: (vmId: VmId) => void

  constructor(onChange: (vmId: VmId) => void) {
    this.#onChange = onChange
  }

  /** Addresses by MAC address, lower case. */
  setAddresses(vmId: VmId, addresses: ReadonlyMap<string, readonly string[]>): void {
    this.#addresses.set(vmId, addresses)
    this.#onChange(vmId)
  }

  /** Forgets what a VM that is gone or down no longer has. Tells nobody. */
  forget(vmId: VmId): void {
    this.#addresses.delete(vmId)
  }

  /** The network cards with what is known on top. */
  applyTo(vmId: VmId, nics: Vm['nics']): Vm['nics'] {
    const addresses = this.#addresses.get(vmId)
    if (addresses === undefined) return nics
    return nics.map((nic) => ({ ...nic, addresses: [...(addresses.get(nic.macAddress.toLowerCase()) ?? [])] }))
  }
}

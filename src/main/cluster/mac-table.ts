import { type MacRange, macToNumber, type Vm, type VmId } from '../../shared/domain/index.ts'

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/

/** Who has an address, and the address as a number. */
interface Holders {
  readonly number: number
  readonly vmIds: readonly VmId[]
}

/** Which VMs have which MAC address, over the whole inventory. A change of one VM costs what its own cards cost. */
export class MacTable {
  readonly #macsOf = new Map<VmId, readonly string[]>()
  readonly #holders = new Map<string, Holders>()
  /** Addresses that more than one network card has. */
  readonly #twice = new Set<string>()

  /** The VM as it is now; undefined: it is gone. True when its addresses changed. */
  update(vmId: VmId, vm: Vm | undefined): boolean {
    const before = this.#macsOf.get(vmId) ?? []
    const after = (vm?.nics ?? []).map(({ macAddress }) => macAddress.toLowerCase()).filter((mac) => MAC.test(mac))
    if (before.length === after.length && before.every((mac, index) => mac === after[index])) return false
    for (const mac of before) this.#set(mac, withoutOne(this.#vmsOf(mac), vmId))
    for (const mac of after) this.#set(mac, [...this.#vmsOf(mac), vmId])
    if (after.length === 0) this.#macsOf.delete(vmId)
    else this.#macsOf.set(vmId, after)
    return true
  }

  /** How many addresses of a range are in use. */
  countIn({ from, to }: MacRange): number {
    const [first, last] = [macToNumber(from), macToNumber(to)]
    let count = 0
    for (const { number } of this.#holders.values()) if (number >= first && number <= last) count += 1
    return count
  }

  /** Addresses that more than one card has, with the VMs of those (one that has it twice is named twice). */
  duplicates(): { readonly mac: string; readonly vmIds: readonly VmId[] }[] {
    return [...this.#twice].sort().map((mac) => ({ mac, vmIds: this.#vmsOf(mac) }))
  }

  #vmsOf(mac: string): readonly VmId[] {
    return this.#holders.get(mac)?.vmIds ?? []
  }

  #set(mac: string, vmIds: readonly VmId[]): void {
    if (vmIds.length === 0) this.#holders.delete(mac)
    else this.#holders.set(mac, { number: macToNumber(mac), vmIds })
    if (vmIds.length > 1) this.#twice.add(mac)
    else this.#twice.delete(mac)
  }
}

function withoutOne(vmIds: readonly VmId[], vmId: VmId): VmId[] {
  const at = vmIds.indexOf(vmId)
  return vmIds.filter((_, index) => index !== at)
}

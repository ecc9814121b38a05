import type { ClusterId, Vm, VmId } from '../../shared/domain/index.ts'

interface Use {
  readonly clusterId: ClusterId
  readonly bridges: readonly string[]
}

/** How many machines of a cluster have a network card in which bridge. A change of one VM costs what its own cards cost. */
export class BridgeUse {
  readonly #uses = new Map<VmId, Use>()
  readonly #counts = new Map<string, number>()

  /** The VM as it is now; undefined: it is gone. True when its bridges or its cluster changed. */
  update(vmId: VmId, vm: Vm | undefined): boolean {
    const before = this.#uses.get(vmId)
    const after = vm === undefined ? undefined : readUse(vm)
    if (before?.clusterId === after?.clusterId && before?.bridges.join() === after?.bridges.join()) return false
    if (before !== undefined) this.#add(before, -1)
    if (after === undefined || after.bridges.length === 0) this.#uses.delete(vmId)
    else {
      this.#uses.set(vmId, after)
      this.#add(after, 1)
    }
    return true
  }

  count(clusterId: ClusterId, bridge: string): number {
    return this.#counts.get(`${clusterId} ${bridge}`) ?? 0
  }

  #add({ clusterId, bridges }: Use, sign: 1 | -1): void {
    for (const bridge of bridges) {
      const key = `${clusterId} ${bridge}`
      const count = (this.#counts.get(key) ?? 0) + sign
      if (count === 0) this.#counts.delete(key)
      else this.#counts.set(key, count)
    }
  }
}

function readUse({ clusterId, nics }: Vm): Use {
  const bridges = nics.flatMap(({ type, source }) => (type === 'bridge' && source !== null ? [source] : []))
  return { clusterId, bridges: [...new Set(bridges)].sort() }
}

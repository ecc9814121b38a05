import type { Disk, Vm, VmId } from '../../shared/domain/index.ts'
import { mayRun } from './rules.ts'

type Use = Disk['usedBy'][number]

/** Which machines name which paths in their definitions, kept by each change of a machine. */
export class DiskUses {
  readonly #pathsOf = new Map<VmId, ReadonlySet<string>>()
  readonly #usesOf = new Map<string, Map<VmId, Use>>()

  /** Takes a machine as it is now; the paths whose users changed. `pathOfVolume`: where a pool's volume is. */
  put(vm: Vm, pathOfVolume: (poolAndName: string) => string | null): ReadonlySet<string> {
    const paths = new Set<string>()
    for (const { source, sourceType } of vm.disks) {
      const path = source !== null && sourceType === 'volume' ? pathOfVolume(source) : source
      if (path !== null) paths.add(path)
    }
    const use: Use = { vmId: vm.id, name: vm.name, running: mayRun(vm.status) }
    const changed = new Set<string>()
    for (const path of this.#pathsOf.get(vm.id) ?? []) if (!paths.has(path)) this.#drop(path, vm.id, changed)
    for (const path of paths) {
      const uses = this.#usesOf.get(path) ?? new Map<VmId, Use>()
      const before = uses.get(vm.id)
      if (before?.name === use.name && before.running === use.running) continue
      this.#usesOf.set(path, uses.set(vm.id, use))
      changed.add(path)
    }
    if (paths.size === 0) this.#pathsOf.delete(vm.id)
    else this.#pathsOf.set(vm.id, paths)
    return changed
  }

  /** A machine is gone. */
  remove(vmId: VmId): ReadonlySet<string> {
    const changed = new Set<string>()
    for (const path of this.#pathsOf.get(vmId) ?? []) this.#drop(path, vmId, changed)
    this.#pathsOf.delete(vmId)
    return changed
  }

  /** Who uses a path, itself or by layers that lie on it: `layersOn` names those. By name. */
  of(path: string, layersOn: (path: string) => readonly string[]): readonly Use[] {
    const found = new Map<VmId, Use>()
    const seen = new Set<string>()
    const waiting = [path]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      for (const [vmId, use] of this.#usesOf.get(next) ?? []) found.set(vmId, use)
      waiting.push(...layersOn(next))
    }
    return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  #drop(path: string, vmId: VmId, changed: Set<string>): void {
    const uses = this.#usesOf.get(path)
    if (uses?.delete(vmId) !== true) return
    if (uses.size === 0) this.#usesOf.delete(path)
    changed.add(path)
  }
}

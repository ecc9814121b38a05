import type { ClusterId, HostFacts, HostId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, Log } from '../../engine/index.ts'
import { type HostChange, type HostLink, type HostRegistry, mapLimit, onePlusOne } from '../../hosts/index.ts'
import { type CpuDescription, XmlError } from '../../xml/index.ts'
import type { ClusterStore } from '../cluster-store.ts'
import type { CpuMemory } from './cpu-memory.ts'
import { buildClusterCpu, type CpuLevel, decideClusterFit, type MemberCpu } from './decide-cluster-cpu.ts'
import { type CpuVerdict, fetchBaseline, fetchCpuVerdict, fetchHostCpu, type HostCpu } from './host-cpu.ts'

export interface ClusterCpusOptions {
  readonly registry: HostRegistry
  readonly store: Pick<ClusterStore, 'records'>
  readonly clock: Clock
  readonly log: Log
  /** Where what was found is kept, for an engine that starts while hosts are away. */
  readonly memory: CpuMemory
  /** The level of a cluster was found anew, or how its hosts stand to it. */
  readonly onChange: (clusterId: ClusterId) => void
}

/** Hosts come in rows when the engine starts, and after an outage: one look for all of them. */
export const SETTLE_MS = 500
/** Before hosts that did not answer are asked again: oVirt's interval. */
export const AGAIN_MS = 300_000
/** Daemons asked at once, for each cluster. */
const ASKED_AT_ONCE = 8

interface Seen {
  /** Read anew at each connection: a daemon that was restarted may have another QEMU. */
  readonly facts: HostFacts
  readonly clusterId: ClusterId
  readonly cpu: HostCpu | null
  readonly verdict: { readonly model: string; readonly verdict: CpuVerdict } | null
  /** To the levels that it cannot give, so that a choice of one is refused with what lacks; null: not asked yet. */
  readonly above: ReadonlyMap<string, CpuVerdict> | null
}

interface Level {
  readonly cpu: CpuDescription | null
  /** Why the hosts have nothing in common. */
  readonly error: AppError | null
}

interface Look {
  readonly run: () => Promise<void>
  cancelTimer: () => void
  running: Promise<void>
}

/** Until it is known what. */
const LACKS_SOMETHING: CpuVerdict = { kind: 'lacks', missing: [] }
const NO_LEVEL: Level = { cpu: null, error: null }

/**
 * Finds the CPU level of each cluster: what its hosts have in common, or who falls short of the chosen one. It looks when a
 * host has come, moved or gone, and when the level was chosen anew; what a host that is away told last goes on counting.
 */
export class ClusterCpus {
  readonly #options: ClusterCpusOptions
  readonly #hosts = new Map<HostId, Seen>()
  readonly #levels = new Map<ClusterId, Level>()
  readonly #looks = new Map<ClusterId, Look>()
  readonly #end = new AbortController()
  readonly #stopListening: () => void

  constructor(options: ClusterCpusOptions) {
    this.#options = options
    this.#stopListening = options.registry.onChange((change) => this.#onChange(change))
  }

  /** Takes up what an engine before this one found, of hosts that are there. Errors: those of the inventory. */
  async recall(): Promise<void> {
    const { memory, registry } = this.#options
    for (const [clusterId, cpu] of await memory.fetchLevels()) {
      if (!this.#levels.has(clusterId)) this.#levels.set(clusterId, { cpu, error: null })
    }
    for (const [hostId, told] of await memory.fetchHosts()) {
      const link = registry.find(hostId)
      if (link === null || this.#hosts.has(hostId)) continue
      this.#hosts.set(hostId, { ...told, clusterId: link.definition.clusterId, verdict: null })
    }
    for (const clusterId of this.#options.store.records.keys()) this.#options.onChange(clusterId)
  }

  /** The level as it was last found. */
  cpuOf(clusterId: ClusterId): CpuLevel {
    const model = this.#options.store.records.get(clusterId)?.settings.cpuModel ?? null
    return buildClusterCpu(model, this.#levelOf(clusterId).cpu, this.#membersOf(clusterId))
  }

  /** Why its hosts have no CPU level in common; null: they have, or nobody knows. */
  errorOf(clusterId: ClusterId): AppError | null {
    return this.#levelOf(clusterId).error
  }

  /** Why a host may not run VMs of its cluster; null: it may, or nobody knows yet. */
  obstacleOf(hostId: HostId): AppError | null {
    const link = this.#options.registry.find(hostId)
    const cluster = link === null ? undefined : this.#options.store.records.get(link.definition.clusterId)
    if (link === null || cluster === undefined) return null
    const { cpuModel } = cluster.settings
    return decideClusterFit(this.#memberOf(link, cpuModel), { name: cluster.name, cpuModel })
  }

  /** How the hosts of a cluster would stand to a level, as far as that is known. */
  membersFor(clusterId: ClusterId, cpuModel: string): readonly MemberCpu[] {
    return this.#linksOf(clusterId).map((link) => {
      const member = this.#memberOf(link, cpuModel)
      const seen = this.#hosts.get(link.id)
      const isUnusable = seen?.cpu?.unusableModels.includes(cpuModel) === true
      const verdict = member.verdict ?? seen?.above?.get(cpuModel) ?? (isUnusable ? LACKS_SOMETHING : null)
      return { ...member, verdict }
    })
  }

  /** A cluster was changed or removed. */
  clusterChanged(clusterId: ClusterId): void {
    if (this.#options.store.records.has(clusterId)) this.#lookSoon(clusterId)
    else {
      this.#looks.get(clusterId)?.cancelTimer()
      this.#looks.delete(clusterId)
      this.#levels.delete(clusterId)
    }
  }

  async stop(): Promise<void> {
    this.#stopListening()
    this.#end.abort(new AppError('engine.stopping', {}, { retry: 'safe' }))
    const looks = [...this.#looks.values()]
    for (const look of looks) look.cancelTimer()
    await Promise.all(looks.map(({ running }) => running))
  }

  #onChange({ kind, hostId }: HostChange): void {
    const seen = this.#hosts.get(hostId)
    if (kind === 'removed') {
      this.#hosts.delete(hostId)
      if (seen !== undefined) this.#lookSoon(seen.clusterId)
      return
    }
    if (kind !== 'state') return
    const link = this.#options.registry.find(hostId)
    if (link === null) return
    const { facts, definition } = link.state
    const { clusterId } = definition
    const hasMoved = seen !== undefined && seen.clusterId !== clusterId
    const isNew = link.isLive && facts !== null && seen?.facts !== facts
    if (hasMoved) {
      this.#hosts.set(hostId, { ...seen, clusterId })
      this.#lookSoon(seen.clusterId)
    }
    // What it told before its connection was lost holds, unless it is another daemon now.
    if (isNew)
      this.#hosts.set(hostId, { facts, clusterId, cpu: null, verdict: null, above: null, ...keep(seen, facts) })
    if (hasMoved || isNew) this.#lookSoon(clusterId)
  }

  #levelOf(clusterId: ClusterId): Level {
    return this.#levels.get(clusterId) ?? NO_LEVEL
  }

  #linksOf(clusterId: ClusterId): HostLink[] {
    return this.#options.registry.list().filter((link) => link.definition.clusterId === clusterId)
  }

  #membersOf(clusterId: ClusterId): MemberCpu[] {
    const model = this.#options.store.records.get(clusterId)?.settings.cpuModel ?? null
    return this.#linksOf(clusterId).map((link) => this.#memberOf(link, model))
  }

  #memberOf({ id, definition }: HostLink, cpuModel: string | null): MemberCpu {
    const seen = this.#hosts.get(id)
    const verdict = seen?.verdict?.model === cpuModel ? seen.verdict.verdict : null
    return { hostId: id, name: definition.name, cpu: seen?.cpu ?? null, verdict }
  }

  #lookSoon(clusterId: ClusterId, delayMs = SETTLE_MS): void {
    if (this.#end.signal.aborted || !this.#options.store.records.has(clusterId)) return
    const known = this.#looks.get(clusterId)
    const look = known ?? {
      run: onePlusOne(() => this.#look(clusterId)),
      cancelTimer: () => undefined,
      running: Promise.resolve(),
    }
    this.#looks.set(clusterId, look)
    look.cancelTimer()
    look.cancelTimer = this.#options.clock.after(delayMs, () => {
      const before = look.running
      const run = look.run().catch((error: unknown) => this.#report('a cluster could not be looked at', error))
      look.running = Promise.all([before, run]).then(() => undefined)
    })
  }

  async #look(clusterId: ClusterId): Promise<void> {
    const cluster = this.#options.store.records.get(clusterId)
    if (cluster === undefined) return
    const { cpuModel } = cluster.settings
    const answers = await mapLimit(this.#linksOf(clusterId), ASKED_AT_ONCE, (link) => this.#ask(link, cpuModel))
    if (cpuModel === null) {
      const before = this.#levelOf(clusterId)
      const level = await this.#findBaseline(clusterId)
      this.#levels.set(clusterId, level)
      if (level !== before && level.cpu !== null) this.#keep(this.#options.memory.saveLevel(clusterId, level.cpu))
    }
    if (this.#end.signal.aborted || !this.#options.store.records.has(clusterId)) return
    this.#options.onChange(clusterId)
    if (answers.includes(false)) this.#lookSoon(clusterId, AGAIN_MS)
    await mapLimit(this.#linksOf(clusterId), ASKED_AT_ONCE, (link) => this.#askAbove(link))
  }

  /** Asks a host what it lacks for each level that it cannot give. Nobody waits for it; what is not answered is asked the next time. */
  async #askAbove(link: HostLink): Promise<void> {
    const seen = this.#hosts.get(link.id)
    if (seen?.cpu == null || seen.above !== null || !link.isLive) return
    const above = new Map<string, CpuVerdict>()
    try {
      for (const model of seen.cpu.unusableModels) {
        const level = { model, vendor: null, required: [], disabled: [] }
        above.set(model, await fetchCpuVerdict(link.control(), seen.cpu, level, { signal: this.#end.signal }))
      }
    } catch (error) {
      this.#report('a host could not be asked what it lacks for higher CPU levels', error, link.id)
      return
    }
    const now = this.#hosts.get(link.id)
    if (now?.facts !== seen.facts) return
    this.#hosts.set(link.id, { ...now, above })
    this.#keep(this.#options.memory.saveHost(link.id, { facts: seen.facts, cpu: seen.cpu, above }))
  }

  /** Asks a host for what is not known of it yet. False: it did not answer, and stays as it is for now. */
  async #ask(link: HostLink, cpuModel: string | null): Promise<boolean> {
    const limits = { signal: this.#end.signal }
    const seen = this.#hosts.get(link.id)
    // One that is away is asked when it is back.
    if (seen === undefined || !link.isLive) return true
    try {
      const cpu = seen.cpu ?? (await fetchHostCpu(link.control(), seen.facts, limits))
      let { verdict } = seen
      if (cpuModel !== null && verdict?.model !== cpuModel) {
        const level = { model: cpuModel, vendor: null, required: [], disabled: [] }
        verdict = { model: cpuModel, verdict: await fetchCpuVerdict(link.control(), cpu, level, limits) }
      }
      // It may have been lost and be back meanwhile, with other facts: then it is asked again.
      const now = this.#hosts.get(link.id)
      if (now?.facts === seen.facts) this.#hosts.set(link.id, { ...now, cpu, verdict })
      return true
    } catch (error) {
      this.#report('a host could not be asked for its CPU', error, link.id)
      return false
    }
  }

  /** By the oldest libvirt that answers: it knows the fewest models, and all others know those. */
  async #findBaseline(clusterId: ClusterId): Promise<Level> {
    const cpus = this.#membersOf(clusterId).flatMap(({ cpu }) => cpu?.hostModel ?? [])
    if (cpus.length === 0) return NO_LEVEL
    const links = this.#linksOf(clusterId).filter(({ isLive }) => isLive)
    const oldestFirst = links
      .map((link) => ({ link, seen: this.#hosts.get(link.id) }))
      .sort((a, b) => versionOf(a.seen).localeCompare(versionOf(b.seen), 'en', { numeric: true }))
    let refusal: AppError | null = null
    for (const { link, seen } of oldestFirst) {
      if (seen?.cpu === null || seen?.cpu === undefined) continue
      try {
        const cpu = await fetchBaseline(link.control(), seen.cpu, cpus, { signal: this.#end.signal })
        return { cpu, error: null }
      } catch (error) {
        this.#report('a host could not find the CPU level of its cluster', error, link.id)
        if (isAppError(error, 'libvirt.call-failed')) refusal = error
      }
    }
    // Nobody answered: what was found before holds.
    if (refusal === null) return this.#levelOf(clusterId)
    const name = this.#options.store.records.get(clusterId)?.name ?? ''
    const { message } = refusal.params as { readonly message: string }
    const error = new AppError('cluster.no-common-cpu', { name, message }, { subject: name, cause: refusal })
    return { cpu: null, error }
  }

  #keep(saving: Promise<void>): void {
    saving.catch((error: unknown) => this.#options.log.warn({ err: error }, 'what was found of CPUs could not be kept'))
  }

  #report(what: string, error: unknown, hostId?: HostId): void {
    if (this.#end.signal.aborted) return
    const isExpected = isAppError(error) || error instanceof XmlError
    if (isExpected) this.#options.log.debug({ err: error, hostId }, what)
    else this.#options.log.error({ err: error, hostId }, what)
  }
}

function versionOf(seen: Seen | undefined): string {
  return seen?.facts.libvirtVersion ?? ''
}

/** What a host told before is asked again only where its daemon or its QEMU is another one. */
function keep(seen: Seen | undefined, facts: HostFacts): Partial<Pick<Seen, 'cpu' | 'verdict' | 'above'>> {
  if (seen === undefined) return {}
  const isSame =
    seen.facts.libvirtVersion === facts.libvirtVersion &&
    seen.facts.hypervisorVersion === facts.hypervisorVersion &&
    seen.facts.cpuModel === facts.cpuModel &&
    seen.facts.domainTypes[0] === facts.domainTypes[0]
  return isSame ? { cpu: seen.cpu, verdict: seen.verdict, above: seen.above } : {}
}

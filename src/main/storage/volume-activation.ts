import { type HostId, isVolumeOnLuns, type Vm, type VmId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { LiveTopics, Log, TopicFrame } from '../engine/index.ts'
import { type HostRegistry, shellQuote } from '../hosts/index.ts'
import type { StorageDomainRecord } from '../inventory/index.ts'
import { volumeGroupOf } from './on-host/block/index.ts'
import { runAsRootOrFail } from './on-host/root-script.ts'
import { WITHOUT_PROCESS } from './rules.ts'

export interface VolumeActivationOptions {
  readonly topics: Pick<LiveTopics, 'subscribe'>
  readonly registry: Pick<HostRegistry, 'find'>
  readonly records: () => Iterable<StorageDomainRecord>
  readonly log: Log
}

interface Use {
  readonly hostId: HostId
  readonly paths: readonly string[]
}

/** What a host under load takes for a few calls of LVM. */
const TIMEOUT_MS = 4 * 60_000
const ON = 'lv lvchange -q -a y -K "$vg/$n" || exit 1'
const REFRESH = 'lv lvchange -q --refresh "$vg/$n" || exit 1'
/** What another machine of the host has open stays: LVM refuses it. */
const OFF = 'lv lvchange -q -a n "$vg/$n" 2>/dev/null'

/**
 * Has the volumes of domains on LUNs active on the host whose machine uses them, and there only: before a machine starts, until it is down. What stays active
 * because no engine was there when a machine ended is harmless, and ends when the domain goes into maintenance.
 */
export class VolumeActivation {
  readonly #options: VolumeActivationOptions
  readonly #uses = new Map<VmId, Use>()
  /** Of machines that are about to run. */
  readonly #claims = new Set<Use>()
  /** What is under way on a host: one after the other. */
  readonly #turns = new Map<HostId, Promise<void>>()
  readonly #unsubscribe: () => void
  readonly #end = new AbortController()

  constructor(options: VolumeActivationOptions) {
    this.#options = options
    this.#unsubscribe = options.topics.subscribe({ topic: 'vms' }, (frame) => this.#onVms(frame)).unsubscribe
  }

  /**
   * Activates those of a machine's disks that are such volumes. What it gives is to be called when the machine runs, or does not: then they
   * are deactivated again. Errors: storage.lun-missing, storage.no-descriptor, storage.host-failed, …
   */
  readonly activate = async (hostId: HostId, all: readonly string[], signal: AbortSignal): Promise<() => void> => {
    const paths = all.filter(isVolumeOnLuns)
    if (paths.length === 0) return () => undefined
    const claim = { hostId, paths }
    this.#claims.add(claim)
    const end = () => {
      if (this.#claims.delete(claim)) this.#release(claim)
    }
    try {
      await this.#inTurn(hostId, () => this.#run(hostId, paths, ON, signal))
    } catch (error) {
      end()
      throw error
    }
    return end
  }

  /** Has a host see that volumes which are active there were extended. Errors: as of {@link activate}. */
  readonly refresh = async (hostId: HostId, all: readonly string[], signal: AbortSignal): Promise<void> => {
    const paths = all.filter(isVolumeOnLuns)
    if (paths.length > 0) await this.#inTurn(hostId, () => this.#run(hostId, paths, REFRESH, signal))
  }

  stop(): void {
    this.#unsubscribe()
    this.#end.abort()
  }

  async #run(hostId: HostId, paths: readonly string[], script: string, signal: AbortSignal): Promise<void> {
    const host = this.#options.registry.find(hostId)
    if (host === null) return
    for (const record of this.#options.records()) {
      const group = volumeGroupOf(record)
      const names = namesIn(record, paths)
      if (group === null || names.length === 0) continue
      const all = `${group.use}\nfor n in ${names.map(shellQuote).join(' ')}; do ${script}; done; exit 0`
      await runAsRootOrFail(host, all, { path: record.targetPath, timeoutMs: TIMEOUT_MS, signal })
    }
  }

  #onVms(frame: TopicFrame): void {
    if (frame.t === 'closed') return
    for (const { id, hostId, status, disks } of (frame.t === 'snapshot' ? frame.entities : frame.upsert) as Vm[]) {
      const before = this.#uses.get(id)
      const paths = disks.flatMap(({ source }) => source ?? []).filter(isVolumeOnLuns)
      if (hostId !== null && paths.length > 0 && status !== 'unknown' && !WITHOUT_PROCESS.has(status)) {
        this.#uses.set(id, { hostId, paths })
        if (before !== undefined && !isSame(before, { hostId, paths })) this.#release(before)
      } else if (before !== undefined && status !== 'unknown') {
        this.#uses.delete(id)
        this.#release(before)
      }
    }
    for (const id of (frame.t === 'patch' ? frame.remove : []) as VmId[]) this.#uses.delete(id)
  }

  /** One after the other: what is to be deactivated may be wanted again by then. */
  async #inTurn(hostId: HostId, work: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(hostId) ?? Promise.resolve()).then(work)
    this.#turns.set(
      hostId,
      turn.catch(() => undefined),
    )
    await turn
  }

  #isWanted(hostId: HostId, path: string): boolean {
    return [...this.#claims, ...this.#uses.values()].some((use) => use.hostId === hostId && use.paths.includes(path))
  }

  #release({ hostId, paths }: Use): void {
    const work = () => {
      const idle = paths.filter((path) => !this.#isWanted(hostId, path))
      return this.#run(hostId, idle, OFF, this.#end.signal)
    }
    this.#inTurn(hostId, work).catch((error: unknown) => {
      if (!isAppError(error)) throw error
      if (!this.#end.signal.aborted) this.#options.log.warn({ err: error, hostId }, 'volumes were not deactivated')
    })
  }
}

function isSame(one: Use, other: Use): boolean {
  return one.hostId === other.hostId && one.paths.join('\n') === other.paths.join('\n')
}

/** Names of volumes among paths. */
function namesIn({ targetPath }: StorageDomainRecord, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => (path.startsWith(`${targetPath}/`) ? [path.slice(targetPath.length + 1)] : []))
}

import type { DiskId, HostId, StorageDomain, StorageDomainId, Vm, VmId } from '../../shared/domain/index.ts'
import { isAppError, toWireError } from '../../shared/errors/index.ts'
import type { Clock, LiveTopics, Log, TopicFrame } from '../engine/index.ts'
import type { HostChange, HostRegistry } from '../hosts/index.ts'
import { buildDisk, describeFile } from './build-disk.ts'
import { decideHostOf, findPlace } from './disk-place.ts'
import type { DiskStore } from './disk-store.ts'
import { DiskUses } from './disk-uses.ts'
import { type FoundFile, fetchFiles } from './on-host/list-files.ts'

export interface DisksProjectionOptions {
  readonly topics: LiveTopics
  readonly registry: HostRegistry
  readonly store: DiskStore
  /** Has a host's libvirt look into a domain's folder, and shows how much is free there. */
  readonly look: (storageDomainId: StorageDomainId, hostId: HostId) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

interface Listing {
  readonly files: ReadonlyMap<string, FoundFile>
  /** Milliseconds since the epoch. */
  readonly asOf: number
}

/** Makes the topic `disks`: of what is registered, what is found in the folders of active domains, and which machines use it. */
export class DisksProjection {
  readonly #options: DisksProjectionOptions
  readonly #listings = new Map<StorageDomainId, Listing>()
  readonly #refreshes = new Map<StorageDomainId, () => Promise<void>>()
  /** Active domains, with the host that they were last looked at through. */
  readonly #active = new Map<StorageDomainId, string | null>()
  readonly #locked = new Set<string>()
  readonly #uses = new DiskUses()
  readonly #stops: (() => void)[]
  readonly #end = new AbortController()

  constructor(options: DisksProjectionOptions) {
    this.#options = options
    const { topics, registry } = options
    this.#stops = [
      topics.subscribe({ topic: 'storage-domains' }, (frame) => this.#onDomains(frame)).unsubscribe,
      topics.subscribe({ topic: 'vms' }, (frame) => this.#onVms(frame)).unsubscribe,
      registry.onChange((change) => this.#onHost(change)),
    ]
  }

  /**
   * Looks into a domain's folder, and shows what is there. `withPool`: has libvirt look first, which tells everybody else, and how much is free
   * with it. Errors: those of the host.
   */
  async refresh(storageDomainId: StorageDomainId, { withPool = false } = {}): Promise<void> {
    const { topics, registry, look } = this.#options
    if (withPool) await look(storageDomainId, findPlace(topics.model(), registry, storageDomainId).host.id)
    let refresh = this.#refreshes.get(storageDomainId)
    if (refresh === undefined) {
      refresh = oneAfterAnother(() => this.#list(storageDomainId))
      this.#refreshes.set(storageDomainId, refresh)
    }
    await refresh()
  }

  /** Shows a file as at work, until what this returns is called. */
  lock(storageDomainId: StorageDomainId, fileName: string): () => void {
    const key = `${storageDomainId}/${fileName}`
    this.#locked.add(key)
    this.show(storageDomainId)
    return () => {
      this.#locked.delete(key)
      this.show(storageDomainId)
    }
  }

  /** Shows the disks of a domain as they are known now. */
  show(storageDomainId: StorageDomainId): void {
    const { topics, store } = this.#options
    const disks = topics.collection('disks')
    const shown = topics.model().disks.where('storageDomainId', storageDomainId)
    const domain = topics.model().storageDomains.get(storageDomainId)
    const listing = this.#listings.get(storageDomainId)
    const kept = new Set<DiskId>()
    if (domain !== undefined && this.#active.has(storageDomainId)) {
      const registered = new Map(store.ofDomain(storageDomainId).map((record) => [record.fileName, record]))
      const layers = layersIn(domain, listing)
      for (const fileName of new Set([...registered.keys(), ...(listing?.files.keys() ?? [])])) {
        const { createdAt: _, ...definition } = registered.get(fileName) ?? { createdAt: 0, id: null }
        const disk = buildDisk({
          domain,
          fileName,
          definition: definition.id === null ? null : definition,
          file: listing?.files.get(fileName) ?? null,
          usedBy: [...this.#uses.of(`${domain.targetPath}/${fileName}`, (path) => layers.get(path) ?? [])],
          isLocked: this.#locked.has(`${storageDomainId}/${fileName}`),
          asOf: listing?.asOf ?? null,
        })
        kept.add(disk.id)
        disks.upsert(disk)
      }
    }
    for (const { id } of shown) if (!kept.has(id)) disks.remove(id)
  }

  stop(): void {
    this.#end.abort()
    for (const stop of this.#stops) stop()
  }

  async #list(storageDomainId: StorageDomainId): Promise<void> {
    const { topics, registry, clock } = this.#options
    const place = findPlace(topics.model(), registry, storageDomainId)
    const files = await fetchFiles(place, this.#end.signal)
    this.#listings.set(storageDomainId, {
      files: new Map(files.map((file) => [file.fileName, file])),
      asOf: clock.now(),
    })
    this.show(storageDomainId)
  }

  #refreshLater(storageDomainId: StorageDomainId): void {
    this.refresh(storageDomainId).catch((error: unknown) => {
      if (!isAppError(error) && !this.#end.signal.aborted) throw error
      this.#options.log.warn({ storageDomainId, technical: toWireError(error).technical }, 'disks could not be listed')
    })
  }

  #onDomains(frame: TopicFrame): void {
    if (frame.t === 'closed') return
    const changed = (frame.t === 'snapshot' ? frame.entities : frame.upsert) as readonly StorageDomain[]
    for (const domain of changed) {
      const isActive = domain.status === 'active'
      const hostId = decideHostOf(this.#options.topics.model(), domain)
      const before = this.#active.get(domain.id)
      if (!isActive) {
        this.#active.delete(domain.id)
        this.#listings.delete(domain.id)
        if (before !== undefined) this.show(domain.id)
      } else if (before === undefined || (before !== hostId && hostId !== null)) {
        this.#active.set(domain.id, hostId)
        this.show(domain.id)
        if (hostId !== null) this.#refreshLater(domain.id)
      }
    }
    const removed = (frame.t === 'patch' ? frame.remove : []) as readonly StorageDomainId[]
    for (const id of removed) {
      this.#active.delete(id)
      this.#listings.delete(id)
      this.#refreshes.delete(id)
      this.#options.store.forgetDomain(id)
      this.show(id)
    }
  }

  #onVms(frame: TopicFrame): void {
    if (frame.t === 'closed') return
    const { storageDomains } = this.#options.topics.model()
    const pathOfVolume = (poolAndName: string) => {
      const [, pool = '', name = ''] = /^([^/]*)\/(.*)$/.exec(poolAndName) ?? []
      const domain = [...storageDomains.values()].find(({ poolName }) => poolName === pool)
      return domain === undefined ? null : `${domain.targetPath}/${name}`
    }
    const paths = new Set<string>()
    const upserted = (frame.t === 'snapshot' ? frame.entities : frame.upsert) as readonly Vm[]
    for (const vm of upserted) for (const path of this.#uses.put(vm, pathOfVolume)) paths.add(path)
    const removed = (frame.t === 'patch' ? frame.remove : []) as readonly VmId[]
    for (const vmId of removed) for (const path of this.#uses.remove(vmId)) paths.add(path)
    if (paths.size === 0) return
    for (const id of this.#active.keys()) {
      const prefix = `${storageDomains.get(id)?.targetPath ?? ''}/`
      if ([...paths].some((path) => path.startsWith(prefix))) this.show(id)
    }
  }

  /** Somebody else had libvirt look into the folder: what is there may have changed. */
  #onHost(change: HostChange): void {
    if (change.kind !== 'driver-event' || change.family !== 'storage') return
    if (change.event.kind !== 'storage-pool-refresh') return
    const { pool } = change.event
    const { storageDomains } = this.#options.topics.model()
    for (const { id, poolName } of storageDomains.values())
      if (poolName === pool.name && this.#active.get(id) === change.hostId) this.#refreshLater(id)
  }
}

/**
 * Runs `work` one at a time. Who asks during a run waits for the next one, which all share that came meanwhile: nobody knows what the
 * one at work still saw.
 */
function oneAfterAnother(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const start = () => {
    next = null
    running = work().finally(() => {
      running = null
    })
    return running
  }
  return () => {
    if (running === null) return start()
    next ??= running.then(start, start)
    return next
  }
}

/** Which files lie on which, by their paths. */
function layersIn(domain: StorageDomain, listing: Listing | undefined): ReadonlyMap<string, readonly string[]> {
  const layers = new Map<string, string[]>()
  for (const file of listing?.files.values() ?? []) {
    const { backingPath } = describeFile(file, domain)
    if (backingPath === null) continue
    const path = `${domain.targetPath}/${file.fileName}`
    layers.set(backingPath, [...(layers.get(backingPath) ?? []), path])
  }
  return layers
}

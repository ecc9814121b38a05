import { type HostId, type HostNetworks, hostNetworksSchema, type NetworkId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, LiveTopics, Log } from '../../engine/index.ts'
import type { HostLink, HostRegistry } from '../../hosts/index.ts'
import type { Inventory } from '../../inventory/index.ts'
import type { SeenNetwork } from '../host-presence.ts'
import type { HostNetworkFacts } from '../on-host/host-facts.ts'
import type { HostNetworkWish } from '../on-host/wanted-interfaces.ts'
import { describeHostNetworks } from './describe-host-networks.ts'
import { fetchFacts } from './fetch-facts.ts'

/** No kernel event that libvirt passes on tells of a cable: hosts are asked so often. */
const LONGEST_PAUSE_MS = 30_000
const SHORTEST_PAUSE_MS = 5_000
/** While somebody looks. */
const WATCHED_EVERY_MS = 5_000
const READ_AT_ONCE = 4
/** What is read again by the clock is stored no more often. */
const KEEP_EVERY_MS = 60_000

const NOTHING: HostNetworkWish = { attachments: [], bonds: [] }

export interface HostNetworkStoreOptions {
  readonly registry: Pick<HostRegistry, 'find' | 'list' | 'onChange'>
  readonly inventory: Pick<Inventory, 'hostNetworkWishes' | 'toldByHosts'>
  readonly topics: Pick<LiveTopics, 'produce' | 'model' | 'subscribe'>
  /** Told what a host was seen to have. */
  readonly learn: (hostId: HostId, networks: readonly SeenNetwork[]) => void
  /** For how long a link may be down before a network counts as missing on its host, milliseconds. */
  readonly patienceMs: () => number
  readonly clock: Clock
  readonly log: Log
}

interface Read {
  readonly facts: HostNetworkFacts
  readonly asOf: number
}

/** What is wished of the networks of hosts, and what was last read of them; fills `host.networks` while somebody looks. */
export class HostNetworkStore {
  readonly #options: HostNetworkStoreOptions
  readonly #wishes = new Map<HostId, HostNetworkWish>()
  readonly #read = new Map<HostId, Read>()
  readonly #reading = new Map<HostId, Promise<void>>()
  readonly #watchers = new Map<HostId, () => Promise<void>>()
  readonly #live = new Set<HostId>()
  readonly #keptMs = new Map<HostId, number>()
  readonly #life = new AbortController()
  readonly #ends: (() => void)[] = []
  #cancelTimer: () => void = () => undefined

  constructor(options: HostNetworkStoreOptions) {
    this.#options = options
    const { registry, topics } = options
    topics.produce('host.networks', (collection, key = '') => {
      const hostId = key as HostId
      if (registry.find(hostId) === null) throw new AppError('host.not-found', { hostId })
      const show = async () => {
        const entity = this.of(hostId) ?? (await this.#recall(hostId))
        if (entity !== null && this.#watchers.get(hostId) === show) collection.replaceAll([entity])
      }
      this.#watchers.set(hostId, show)
      let cancel: () => void = () => undefined
      const look = async (): Promise<void> => {
        await this.refresh(hostId)
        await show()
        if (this.#watchers.get(hostId) !== show) return
        cancel = options.clock.after(WATCHED_EVERY_MS, () => void look())
      }
      const stopListening = registry.onChange((change) => {
        if (change.hostId === hostId && change.kind === 'removed') {
          collection.close(new AppError('host.not-found', { hostId }))
        }
      })
      void look()
      return () => {
        if (this.#watchers.get(hostId) === show) this.#watchers.delete(hostId)
        stopListening()
        cancel()
      }
    })
    this.#ends.push(
      registry.onChange(({ kind, hostId }) => {
        if (kind === 'removed') this.#forget(hostId)
        const isLive = registry.find(hostId)?.isLive === true
        if (isLive && !this.#live.has(hostId)) void this.refresh(hostId)
        if (isLive) this.#live.add(hostId)
        else this.#live.delete(hostId)
      }),
      // A network that was edited is out of sync at once.
      topics.subscribe({ topic: 'networks' }, () => {
        for (const show of [...this.#watchers.values()]) void show()
      }).unsubscribe,
    )
    this.#readAllLater()
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    for (const [hostId, wish] of await this.#options.inventory.hostNetworkWishes.fetchAll())
      this.#wishes.set(hostId, wish)
  }

  wishOf(hostId: HostId): HostNetworkWish {
    return this.#wishes.get(hostId) ?? NOTHING
  }

  /** Hosts that are wished to have a network. */
  hostsWith(networkId: NetworkId): readonly HostId[] {
    return [...this.#wishes].flatMap(([hostId, { attachments }]) =>
      attachments.some((each) => each.networkId === networkId) ? [hostId] : [],
    )
  }

  /** Stores what is wished from now on. Errors: those of the inventory. */
  async save(hostId: HostId, wish: HostNetworkWish): Promise<void> {
    const stored = { attachments: [...wish.attachments], bonds: [...wish.bonds] }
    await this.#options.inventory.hostNetworkWishes.save(hostId, stored)
    this.#wishes.set(hostId, stored)
    this.#tell(hostId)
  }

  /** As it was last read; null: not yet. */
  of(hostId: HostId): HostNetworks | null {
    const link = this.#options.registry.find(hostId)
    const read = this.#read.get(hostId)
    if (link === null || read === undefined) return null
    const { id, name, user } = link.definition
    const { networks } = this.#options.topics.model()
    return describeHostNetworks({ id, name, user }, read.facts, this.wishOf(hostId), networks, read.asOf)
  }

  /** Reads a host again, unless that is at work already. Never rejects: what was read before stays, with its age. */
  refresh(hostId: HostId): Promise<void> {
    const running = this.#reading.get(hostId)
    if (running !== undefined) return running
    const reading = this.#refresh(hostId).finally(() => this.#reading.delete(hostId))
    this.#reading.set(hostId, reading)
    return reading
  }

  /** What was read by another way than this. */
  put(hostId: HostId, facts: HostNetworkFacts): void {
    this.#read.set(hostId, { facts, asOf: this.#options.clock.now() })
    this.#tell(hostId)
  }

  stop(): void {
    this.#life.abort()
    this.#cancelTimer()
    for (const end of this.#ends) end()
  }

  async #refresh(hostId: HostId): Promise<void> {
    const link = this.#options.registry.find(hostId)
    if (link === null || !link.isLive || link.definition.transport === 'local') return
    try {
      this.put(hostId, await this.#fetch(link))
    } catch (error) {
      if (this.#life.signal.aborted || isAppError(error)) return
      this.#options.log.error({ err: error, hostId }, 'reading the network of a host failed by a bug')
    }
  }

  #fetch(link: HostLink): Promise<HostNetworkFacts> {
    return fetchFacts((script, options) => link.runScript(script, options), link.definition, this.#life.signal)
  }

  #tell(hostId: HostId): void {
    const entity = this.of(hostId)
    if (entity === null) return
    this.#options.learn(
      hostId,
      entity.attachments.flatMap(({ networkId, status, linkUp }) =>
        status === 'missing' ? [] : [{ networkId, linkUp }],
      ),
    )
    void this.#watchers.get(hostId)?.()
    this.#keep(entity)
  }

  #keep(entity: HostNetworks): void {
    const { clock, inventory, log } = this.#options
    const nowMs = clock.monotonicMs()
    if (nowMs - (this.#keptMs.get(entity.id) ?? Number.NEGATIVE_INFINITY) < KEEP_EVERY_MS) return
    this.#keptMs.set(entity.id, nowMs)
    inventory.toldByHosts
      .save(entity.id, 'networks', { value: entity, toldAt: entity.asOf })
      .catch((error: unknown) => log.warn({ err: error, hostId: entity.id }, 'the network of a host could not be kept'))
  }

  /** What an earlier engine read. */
  async #recall(hostId: HostId): Promise<HostNetworks | null> {
    try {
      const told = await this.#options.inventory.toldByHosts.fetch(hostId, 'networks', hostNetworksSchema)
      return told?.value ?? null
    } catch (error) {
      if (!isAppError(error))
        this.#options.log.error({ err: error, hostId }, 'the network of a host could not be recalled')
      return null
    }
  }

  #forget(hostId: HostId): void {
    this.#wishes.delete(hostId)
    this.#read.delete(hostId)
    this.#keptMs.delete(hostId)
  }

  #readAllLater(): void {
    this.#cancelTimer = this.#options.clock.after(decidePauseMs(this.#options.patienceMs()), () => {
      void this.#readAll().finally(() => {
        if (!this.#life.signal.aborted) this.#readAllLater()
      })
    })
  }

  async #readAll(): Promise<void> {
    // Where no network is set up no cable is missed: such a host is read when it comes, and while somebody looks.
    const waiting = this.#options.registry
      .list()
      .map(({ id }) => id)
      .filter((id) => !this.#read.has(id) || this.wishOf(id).attachments.length > 0)
    const work = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined && !this.#life.signal.aborted; id = waiting.shift()) {
        await this.refresh(id)
      }
    }
    await Promise.all(Array.from({ length: READ_AT_ONCE }, work))
  }
}

/**
 * How long after all hosts were read they are read again: a link that goes is seen within half of the time that it may be down, and at the latest after
 * half a minute. Pure.
 */
export function decidePauseMs(patienceMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, patienceMs / 2))
}

import type { LibvirtConnection } from '../libvirt/index.ts'
import { DRIVER_FAMILIES, type DriverFamily, type FamilyEvent } from './driver-family.ts'
import { FamilyLink, type FamilyState, type OpenFamilyOptions } from './family-link.ts'
import { fetchNetworks, fetchPools, type HostResource, probeDriver } from './host-resources.ts'
import type { LinkClock, LinkTiming } from './link-settings.ts'

/** What a driver last told of its objects. */
export interface ResourceList {
  readonly values: readonly HostResource[]
  /** Milliseconds since the epoch; null: never told. */
  readonly asOf: number | null
  /** True while it may no longer hold. */
  readonly stale: boolean
}

export interface HostDriversOptions {
  readonly open: (family: DriverFamily, options: OpenFamilyOptions) => Promise<LibvirtConnection>
  readonly onEvent: (family: DriverFamily, event: FamilyEvent) => void
  /** A driver came or went. */
  readonly onState: () => void
  /** Another list, or a list that became stale or current again. */
  readonly onResources: (family: DriverFamily) => void
  readonly clock: LinkClock
  readonly decidePauseMs: LinkTiming['decidePauseMs']
}

/** What is listed, and so connected to without anybody asking. */
const LISTS = { storage: fetchPools, network: fetchNetworks } as const
type ListedFamily = keyof typeof LISTS

const NOTHING = { values: [], asOf: null } as const

/** All drivers of one host, and what two of them list. */
export class HostDrivers {
  readonly #options: HostDriversOptions
  readonly #links: ReadonlyMap<DriverFamily, FamilyLink>
  readonly #lists = new Map<ListedFamily, Omit<ResourceList, 'stale'>>()

  constructor(options: HostDriversOptions) {
    this.#options = options
    this.#links = new Map(DRIVER_FAMILIES.map((family) => [family, this.#createLink(family)]))
  }

  get(family: DriverFamily): FamilyLink {
    const link = this.#links.get(family)
    if (link === undefined) throw new Error(`no driver family ${family}`)
    return link
  }

  get states(): ReadonlyMap<DriverFamily, FamilyState> {
    return new Map([...this.#links].map(([family, link]) => [family, link.state]))
  }

  list(family: ListedFamily): ResourceList {
    return { ...(this.#lists.get(family) ?? NOTHING), stale: this.get(family).state.status !== 'up' }
  }

  start(): void {
    for (const [family, link] of this.#links) link.start(isListed(family))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.stop()))
  }

  retry(): void {
    for (const link of this.#links.values()) link.retry()
  }

  #createLink(family: DriverFamily): FamilyLink {
    const { open, onEvent, onState, onResources, clock, decidePauseMs } = this.#options
    return new FamilyLink({
      family,
      open: (options) => open(family, options),
      read: (connection, options) =>
        isListed(family) ? this.#read(family, connection, options) : probeDriver(connection, family, options),
      onEvent: (event) => onEvent(family, event),
      onState: () => {
        onState()
        if (isListed(family)) onResources(family)
      },
      clock,
      decidePauseMs,
    })
  }

  async #read(family: ListedFamily, ...[connection, options]: Parameters<typeof fetchPools>): Promise<void> {
    const values = await LISTS[family](connection, options)
    const before = this.#lists.get(family)?.values
    this.#lists.set(family, { values, asOf: this.#options.clock.now() })
    if (JSON.stringify(before) !== JSON.stringify(values)) this.#options.onResources(family)
  }
}

function isListed(family: DriverFamily): family is ListedFamily {
  return Object.hasOwn(LISTS, family)
}

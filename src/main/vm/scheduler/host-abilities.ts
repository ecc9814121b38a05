import type { ClusterId, HostId } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import type { Clock, Log } from '../../engine/index.ts'
import { type HostLink, type HostRegistry, isLibvirtError } from '../../hosts/index.ts'
import {
  type DomainCapabilities,
  type HostCapabilities,
  parseCapabilities,
  parseDomainCapabilities,
  XmlError,
} from '../../xml/index.ts'
import { decidePlatform, type Platform } from '../definition/index.ts'

/** What a host can run, as it last told. */
export interface HostAbilities {
  readonly capabilities: HostCapabilities
  /** Of the machine types that are for new machines; a host that does not say has none. */
  readonly domains: readonly DomainCapabilities[]
  readonly architectures: ReadonlySet<string>
  /** Bridges of its kernel; null: not known, or not lately. */
  readonly bridges: ReadonlySet<string> | null
  /** Active networks of libvirt; null: not known. */
  readonly networks: ReadonlySet<string> | null
}

interface Told extends Omit<HostAbilities, 'networks'> {
  readonly atMs: number
}

/** The daemon may first have to look at its QEMU. */
const CAPABILITIES_TIMEOUT_MS = 60_000
const BRIDGES_TIMEOUT_MS = 10_000
const OUTPUT_BYTES = 64 * 1024
/** A bridge that was missing this long ago may be there now. */
const BRIDGES_HOLD_MS = 30_000
/** What was read just now is not read again for the next one of a batch. */
const FRESH_MS = 3_000

export interface HostAbilitiesOptions {
  readonly hosts: Pick<HostRegistry, 'find' | 'list' | 'onChange'>
  readonly clock: Clock
  readonly log: Log
}

/** Knows what hosts can run: read when one is connected, and again before it decides something. */
export class HostAbilitiesCache {
  readonly #options: HostAbilitiesOptions
  readonly #told = new Map<HostId, Told>()
  readonly #reading = new Map<HostId, Promise<void>>()
  readonly #stopListening: () => void

  constructor(options: HostAbilitiesOptions) {
    this.#options = options
    this.#stopListening = options.hosts.onChange(({ kind, hostId }) => {
      if (kind === 'removed') this.#told.delete(hostId)
      if (kind !== 'state') return
      const link = options.hosts.find(hostId)
      if (link?.isLive === true && !this.#told.has(hostId)) void this.refresh(hostId)
    })
  }

  /** Null: the host was not asked yet. */
  of(hostId: HostId): HostAbilities | null {
    const told = this.#told.get(hostId)
    if (told === undefined) return null
    const { atMs, ...abilities } = told
    const networks = this.#options.hosts.find(hostId)?.networks
    const isOld = this.#options.clock.monotonicMs() - atMs > BRIDGES_HOLD_MS
    return {
      ...abilities,
      bridges: isOld ? null : abilities.bridges,
      networks:
        networks === undefined || networks.stale || networks.asOf === null
          ? null
          : new Set(networks.values.filter(({ active }) => active).map(({ name }) => name)),
    }
  }

  /** Asks the hosts of a cluster that are there. Never rejects: what cannot be read stays as it was. */
  async refreshCluster(clusterId: ClusterId): Promise<void> {
    const hosts = this.#options.hosts.list().filter(({ definition }) => definition.clusterId === clusterId)
    await Promise.all(hosts.filter(({ isLive }) => isLive).map(({ id }) => this.refresh(id)))
  }

  /** Asks one host, unless it was asked just now. Never rejects. */
  refresh(hostId: HostId): Promise<void> {
    const { hosts, clock } = this.#options
    const link = hosts.find(hostId)
    const told = this.#told.get(hostId)
    if (link === null || (told !== undefined && clock.monotonicMs() - told.atMs < FRESH_MS)) return Promise.resolve()
    const reading = this.#reading.get(hostId) ?? this.#read(link).finally(() => this.#reading.delete(hostId))
    this.#reading.set(hostId, reading)
    return reading
  }

  /** Its networks may be others now: until it is asked again, nobody knows its bridges. */
  forgetBridges(hostId: HostId): void {
    const told = this.#told.get(hostId)
    if (told !== undefined) this.#told.set(hostId, { ...told, atMs: Number.NEGATIVE_INFINITY })
  }

  stop(): void {
    this.#stopListening()
  }

  async #read(link: HostLink): Promise<void> {
    const { clock, log } = this.#options
    try {
      const [known, bridges] = await Promise.all([fetchCapabilities(link), fetchBridges(link)])
      const architectures = new Set(
        known.capabilities.guests.filter(({ osType }) => osType === 'hvm').map(({ architecture }) => architecture),
      )
      this.#told.set(link.id, { ...known, architectures, bridges, atMs: clock.monotonicMs() })
    } catch (error) {
      if (!isAppError(error) && !(error instanceof XmlError)) throw error
      log.warn({ err: error, hostId: link.id }, 'what the host can run could not be read')
    }
  }
}

async function fetchCapabilities(link: HostLink): Promise<Pick<HostAbilities, 'capabilities' | 'domains'>> {
  const control = link.control()
  const { capabilities: xml } = await control.call(
    'CONNECT_GET_CAPABILITIES',
    {},
    { timeoutMs: CAPABILITIES_TIMEOUT_MS },
  )
  const capabilities = parseCapabilities(xml)
  const domains: DomainCapabilities[] = []
  for (const machineType of ['auto', 'pc']) {
    const platform = decidePlatform(capabilities, { architecture: null, machineType })
    if (platform !== null) domains.push(...(await fetchDomainCapabilities(link, platform)))
  }
  return { capabilities, domains }
}

async function fetchDomainCapabilities(link: HostLink, platform: Platform): Promise<readonly DomainCapabilities[]> {
  const { emulator, architecture, machineType, domainType } = platform
  const asked = { emulatorbin: emulator, arch: architecture, machine: machineType, virttype: domainType, flags: 0 }
  try {
    const limits = { timeoutMs: CAPABILITIES_TIMEOUT_MS }
    const { capabilities } = await link.control().call('CONNECT_GET_DOMAIN_CAPABILITIES', asked, limits)
    return [parseDomainCapabilities(capabilities)]
  } catch (error) {
    // Another architecture has no machine of that name.
    if (!isLibvirtError(error)) throw error
    return []
  }
}

/** What the host says of that kind of machine, else of the nearest that it was asked about; null: nothing. Pure. */
export function domainCapabilitiesOf({ domains }: HostAbilities, platform: Platform): DomainCapabilities | null {
  const { machineType } = platform
  const isOf = (family: string) => machineType === family || machineType.startsWith(`pc-${family}`)
  const family = isOf('i440fx') || machineType === 'pc' ? /^pc(?!-q35)/ : /^(?!pc-i440fx|pc$)/
  return (
    domains.find((domain) => domain.machineType === machineType) ??
    domains.find((domain) => family.test(domain.machineType)) ??
    domains[0] ??
    null
  )
}

/** Null where the host runs no commands for us. */
async function fetchBridges(link: HostLink): Promise<ReadonlySet<string> | null> {
  if (link.definition.transport === 'local') return null
  const script = 'cd /sys/class/net && for n in *; do [ -d "$n/bridge" ] && echo "$n"; done; exit 0'
  try {
    const limits = { timeoutMs: BRIDGES_TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES }
    const { exitCode, stdout } = await link.runScript(script, limits)
    return exitCode === 0 ? new Set(stdout.split('\n').filter((name) => name !== '')) : null
  } catch (error) {
    if (!isAppError(error)) throw error
    return null
  }
}

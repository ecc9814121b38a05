import type { HostId, LibvirtNetwork, NetworkUser } from '../../shared/domain/index.ts'
import type { Clock, ModelSnapshot } from '../engine/index.ts'
import type { HostLink, HostRegistry } from '../hosts/index.ts'
import { fetchNetworks, type ToldNetwork } from './fetch-networks.ts'
import { fetchSurroundings, type HostSurroundings } from './host-surroundings.ts'

const NAMES_LIMIT = 10_000

/** What was last read of a host's networks, for decisions and for who looks. */
export class NetworkReadings {
  readonly #clock: Clock
  readonly #registry: Pick<HostRegistry, 'get'>
  readonly #networks = new Map<HostId, readonly ToldNetwork[]>()
  /** Also of those that were removed: what was done to them is told by name. */
  readonly #names = new Map<string, string>()
  readonly #surroundings = new Map<HostId, HostSurroundings | null>()

  constructor(registry: Pick<HostRegistry, 'get'>, clock: Clock) {
    this.#registry = registry
    this.#clock = clock
  }

  /** Null: not read yet. */
  networksOf(hostId: HostId): readonly ToldNetwork[] | null {
    return this.#networks.get(hostId) ?? null
  }

  find(hostId: HostId, libvirtNetworkId: string): ToldNetwork | null {
    return this.networksOf(hostId)?.find(({ id }) => id === libvirtNetworkId.toLowerCase()) ?? null
  }

  nameOf(hostId: HostId, libvirtNetworkId: string): string {
    return this.#names.get(`${hostId} ${libvirtNetworkId.toLowerCase()}`) ?? libvirtNetworkId
  }

  surroundingsOf(hostId: HostId): HostSurroundings | null {
    return this.#surroundings.get(hostId) ?? null
  }

  /** Errors: host.driver-absent, host.driver-failed, host.not-connected and those of a libvirt call. */
  async read(link: Pick<HostLink, 'id' | 'family'>, signal?: AbortSignal): Promise<readonly ToldNetwork[]> {
    const networks = await fetchNetworks(link, this.#clock.now(), signal)
    this.#networks.set(link.id, networks)
    for (const { id, name } of networks) this.#remember(`${link.id} ${id}`, name)
    return networks
  }

  /** Both anew, before something is decided by them. Errors: as {@link read}, and those of a script. */
  async refresh(hostId: HostId): Promise<void> {
    const link = this.#registry.get(hostId)
    await this.read(link)
    this.#surroundings.set(hostId, await fetchSurroundings(link))
  }

  forget(hostId: HostId): void {
    this.#networks.delete(hostId)
    this.#surroundings.delete(hostId)
  }

  #remember(key: string, name: string): void {
    this.#names.delete(key)
    this.#names.set(key, name)
    const oldest = this.#names.keys().next().value
    if (this.#names.size > NAMES_LIMIT && oldest !== undefined) this.#names.delete(oldest)
  }
}

/** The machines of a host that have a network card in a network of that name. Pure. */
export function usersOf(model: Pick<ModelSnapshot, 'vms'>, hostId: HostId, networkName: string): NetworkUser[] {
  return model.vms
    .where('hostId', hostId)
    .filter((vm) => vm.nics.some(({ type, source }) => type === 'network' && source === networkName))
    .map((vm) => ({ vmId: vm.id, name: vm.name, isRunning: vm.domainId !== null }))
    .sort((one, other) => one.name.localeCompare(other.name))
}

/** As it is shown. Pure. */
export function withUsers(model: Pick<ModelSnapshot, 'vms'>, hostId: HostId, network: ToldNetwork): LibvirtNetwork {
  return { ...network, usedBy: usersOf(model, hostId, network.name) }
}

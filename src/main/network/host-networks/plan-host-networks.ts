import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { HostId, NetworkId, NetworkRole } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { sameAddress } from '../on-host/compare-networks.ts'
import { decideChanges, findOurs, isRendered, type NetworkChanges } from '../on-host/decide-changes.ts'
import { decideManager, takesUpDns } from '../on-host/decide-manager.ts'
import { decideRefusals } from '../on-host/decide-refusals.ts'
import type { HostNetworkFacts } from '../on-host/host-facts.ts'
import { findOurLinks } from '../on-host/host-picture.ts'
import { findOwnConfigured } from '../on-host/own-configuration.ts'
import {
  addressedInterface,
  buildWantedInterfaces,
  type HostNetworkWish,
  type PlannedNetwork,
} from '../on-host/wanted-interfaces.ts'
import { type DescribedHost, decideObstacle } from './describe-host-networks.ts'

export type WishChange = Pick<ParsedInput<'host.plan-networks'>, 'attachments' | 'bonds' | 'removed'>

/** What would be done to a host. */
export interface HostPlan {
  readonly refusals: readonly AppError[]
  readonly warnings: readonly AppError[]
  /** Null: nobody on the host can be told. */
  readonly changes: NetworkChanges | null
  /** Static addresses that the host does not have yet: somebody else may have them. */
  readonly addresses: readonly NewAddress[]
  /** Gateways that have to answer afterwards. */
  readonly gateways: readonly string[]
}

/** An address, and where to ask for it: on a NIC or bond, with a VLAN tag. */
export interface NewAddress {
  readonly address: string
  readonly networkName: string
  readonly nic: string
  readonly vlanId: number | null
}

/** A wish with what is asked for in it. What is not named stays. Pure. */
export function changeWish(wish: HostNetworkWish, { attachments, bonds, removed }: WishChange): HostNetworkWish {
  const goneNetworks = new Set<string>([...removed.networkIds, ...attachments.map(({ networkId }) => networkId)])
  const goneBonds = new Set<string>([...removed.bonds, ...bonds.map(({ name }) => name)])
  return {
    attachments: [...wish.attachments.filter(({ networkId }) => !goneNetworks.has(networkId)), ...attachments],
    bonds: [...wish.bonds.filter(({ name }) => !goneBonds.has(name)), ...bonds],
  }
}

/** What becomes of a host when this is wished of it. Pure. */
export function planHostNetworks(
  model: ModelSnapshot,
  host: DescribedHost,
  facts: HostNetworkFacts,
  before: HostNetworkWish,
  wish: HostNetworkWish,
): HostPlan {
  const verdict = decideManager(facts)
  const { manager } = verdict
  const obstacle = decideObstacle(host, verdict)
  const { networks } = model
  if (obstacle !== null || !isRendered(manager)) {
    return { refusals: obstacle === null ? [] : [obstacle], warnings: [], changes: null, addresses: [], gateways: [] }
  }
  const ours = findOurs(facts, { ...verdict, manager })
  const wanted = buildWantedInterfaces(wish, networks, facts, {
    ownConfigured: findOwnConfigured(facts, verdict),
    ours,
  })
  const changes = decideChanges(facts, { ...verdict, manager }, wanted)
  const cluster = clusterOf(model, host.id)
  const refusals = decideRefusals({
    hostName: host.name,
    clusterName: cluster?.name ?? '',
    facts,
    before,
    ours,
    wish,
    networks,
    rolesOf: (networkId) => rolesIn(model, networkId, cluster?.id ?? ''),
    wanted,
    deleted: changes.deleted,
    changed: changes.changed,
  })
  const had = facts.links.flatMap(({ addresses }) => addresses.map(({ address }) => address))
  const attached = wish.attachments.flatMap(({ networkId, nic, ipv4, ipv6 }) => {
    const network = networks.get(networkId)
    return network === undefined ? [] : [{ network, nic, ipv4, ipv6 }]
  })
  return {
    refusals,
    warnings: decideWarnings(host, facts, wish, networks, changes, takesUpDns(verdict, facts)),
    changes,
    addresses: attached.flatMap(({ network, nic, ipv4, ipv6 }) =>
      [ipv4, ipv6].flatMap((each) =>
        each.method !== 'static' || had.some((address) => sameAddress(address, each.address))
          ? []
          : [{ address: each.address, networkName: network.name, nic, vlanId: network.vlanId }],
      ),
    ),
    gateways: attached.flatMap(({ ipv4 }) => (ipv4.method === 'static' && ipv4.gateway ? [ipv4.gateway] : [])),
  }
}

function decideWarnings(
  { name: hostName, id: hostId }: DescribedHost,
  facts: HostNetworkFacts,
  wish: HostNetworkWish,
  networks: ReadonlyMap<NetworkId, PlannedNetwork>,
  changes: NetworkChanges,
  hasDns: boolean,
): AppError[] {
  const ours = [...findOurLinks(facts)]
  const moved = ours.find((name) => changes.changed.includes(name) || changes.deleted.includes(name))
  const named = wish.attachments.filter(({ dns }) => dns.length > 0 && !hasDns)
  return [
    ...(moved === undefined
      ? []
      : [new AppError('network.moves-our-connection', { hostName, nic: moved }, { hostId })]),
    ...named
      .filter(({ networkId, nic }) => {
        const network = networks.get(networkId)
        return network !== undefined && changes.changed.includes(addressedInterface(network, nic))
      })
      .map(
        ({ networkId }) =>
          new AppError('network.dns-not-kept', { hostName, name: networks.get(networkId)?.name ?? '' }, { hostId }),
      ),
  ]
}

function clusterOf(model: ModelSnapshot, hostId: HostId) {
  const host = model.hosts.get(hostId)
  return host === undefined ? undefined : model.clusters.get(host.clusterId)
}

function rolesIn(model: ModelSnapshot, networkId: NetworkId, clusterId: string): readonly NetworkRole[] | null {
  return model.networks.get(networkId)?.clusters.find((each) => each.clusterId === clusterId)?.roles ?? null
}

/** The commands of a plan in their order, as a person reads them. Pure. */
export function shownCommands({ release, deleted, apply }: NetworkChanges): string[] {
  return [...release, ...deleted.map((name) => `ip link delete dev ${name}`), ...apply]
}

import type { HostId, HostNetworks, NetworkId } from '../../../shared/domain/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import { compareNetworks } from '../on-host/compare-networks.ts'
import { decideManager, type ManagerVerdict, takesUpDns } from '../on-host/decide-manager.ts'
import { findOwnAddress } from '../on-host/find-own-address.ts'
import type { HostNetworkFacts } from '../on-host/host-facts.ts'
import { buildHostPicture } from '../on-host/host-picture.ts'
import type { HostNetworkWish, PlannedNetwork } from '../on-host/wanted-interfaces.ts'

export interface DescribedHost {
  readonly id: HostId
  readonly name: string
  readonly user: string | null
}

/** A host's network as it is shown: what is there, who keeps it, and how what is wished stands to it. Pure. */
export function describeHostNetworks(
  host: DescribedHost,
  facts: HostNetworkFacts,
  wish: HostNetworkWish,
  networks: ReadonlyMap<NetworkId, PlannedNetwork>,
  asOf: number,
): HostNetworks {
  const verdict = decideManager(facts)
  const obstacle = decideObstacle(host, verdict)
  return {
    id: host.id,
    manager: verdict.manager,
    canManage: obstacle === null,
    whyNot: obstacle === null ? null : toWireError(obstacle),
    ...buildHostPicture(facts),
    ownAddress: findOwnAddress(facts, { keepsDns: takesUpDns(verdict, facts) }),
    attachments: [
      ...compareNetworks(wish, networks, facts, verdict.manager !== 'ifupdown' && takesUpDns(verdict, facts)),
    ],
    asOf,
  }
}

/** Why a host's network is only shown; null: it can be changed. Pure. */
export function decideObstacle(
  { id: hostId, name: hostName, user }: DescribedHost,
  verdict: ManagerVerdict,
): AppError | null {
  const { reason, manager, others } = verdict
  switch (reason) {
    case null:
      return null
    case 'no-root':
      return new AppError('network.needs-root', { hostName, user: user ?? '' }, { hostId })
    case 'open-vswitch':
    case 'nmstate':
      return new AppError(
        'network.manager-read-only',
        { hostName, manager: manager === 'nmstate' ? 'nmstate' : 'Open vSwitch' },
        { hostId },
      )
    case 'mixed':
      return new AppError('network.managers-mixed', { hostName, managers: others.join(', ') }, { hostId })
    case 'netplan-unreadable':
      return new AppError('network.netplan-unreadable', { hostName }, { hostId })
    case 'silent':
      return new AppError('network.manager-silent', { hostName }, { hostId, retry: 'safe' })
    case 'none':
      return new AppError('network.no-manager', { hostName }, { hostId })
  }
}

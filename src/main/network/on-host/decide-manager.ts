import type { NetworkManager } from '../../../shared/domain/index.ts'
import type { HostNetworkFacts, LinkFacts } from './host-facts.ts'
import { isNic } from './host-picture.ts'
import { ifupdownInterfaces } from './ifupdown/parse-interfaces.ts'

/** Who keeps a host's network. `reason`: why it is only shown; null: it can be changed. */
export interface ManagerVerdict {
  readonly manager: NetworkManager
  readonly reason: 'no-root' | 'open-vswitch' | 'nmstate' | 'mixed' | 'none' | 'netplan-unreadable' | 'silent' | null
  /** Of netplan: what it writes for. */
  readonly renderer: 'networkd' | 'network-manager' | null
  /** Of `mixed`: who they are. */
  readonly others: readonly NetworkManager[]
}

/**
 * Who keeps the NICs of a host. Each manager is asked what it has of them; two that both have some are never mixed: such a host is only shown. What
 * writes for another (netplan) or goes by another (nmstate) comes before it. Pure.
 */
export function decideManager(facts: HostNetworkFacts): ManagerVerdict {
  const { managers, links, canBeRoot } = facts
  const verdict = (manager: NetworkManager, more: Partial<ManagerVerdict> = {}): ManagerVerdict => ({
    manager,
    renderer: null,
    others: [],
    ...more,
    reason: more.reason ?? (canBeRoot ? null : 'no-root'),
  })
  if (managers.silent !== null) return verdict('unknown', { reason: 'silent' })
  const nics = links.filter(isNic)
  const bridges = new Set(managers.openVswitchBridges)
  const isInOpenVswitch = ({ name, master }: LinkFacts) => master === 'ovs-system' || bridges.has(name)
  if (bridges.size > 0 && links.some(isInOpenVswitch)) return verdict('open-vswitch', { reason: 'open-vswitch' })
  if (managers.hasNmstate) return verdict('nmstate', { reason: 'nmstate' })
  const netplan = decideNetplan(managers.netplan)
  if (netplan !== null) return verdict('netplan', netplan)

  const named = ifupdownInterfaces(facts.files)
  const owners = {
    'network-manager': nics.filter(({ name }) => isKept(managers.networkManager?.get(name)?.state)),
    networkd: nics.filter(({ name }) => isKept(managers.networkd?.get(name)?.setup)),
    ifupdown: managers.hasIfupdown ? nics.filter(({ name }) => named.has(name)) : [],
  }
  const present = (['network-manager', 'networkd', 'ifupdown'] as const).filter((name) => owners[name].length > 0)
  const [only, ...others] = present
  if (only !== undefined && others.length > 0) return verdict('unknown', { reason: 'mixed', others: present })
  if (only !== undefined) return verdict(only)
  // Nobody has a NIC yet: who is there takes the first one.
  if (managers.networkManager !== null) return verdict('network-manager')
  if (managers.networkd !== null) return verdict('networkd')
  if (managers.hasIfupdown) return verdict('ifupdown')
  return verdict('unknown', { reason: 'none' })
}

/** Whether the DNS servers that a manager is given come to be used on the host: ifupdown and networkd leave that to others. Pure. */
export function takesUpDns(
  { manager, renderer }: Pick<ManagerVerdict, 'manager' | 'renderer'>,
  { hasResolvconf, hasResolved }: Pick<HostNetworkFacts, 'hasResolvconf' | 'hasResolved'>,
): boolean {
  if (manager === 'ifupdown') return hasResolvconf
  return manager === 'network-manager' || renderer === 'network-manager' || hasResolved
}

/** `unmanaged` of both; NetworkManager only looks on at what is `connected (externally)`. */
function isKept(state: string | undefined): boolean {
  return state !== undefined && !/^(unmanaged|connected \(externally\)|linger)/.test(state)
}

function decideNetplan(
  documents: HostNetworkFacts['managers']['netplan'],
): Pick<ManagerVerdict, 'renderer' | 'reason'> | null {
  if (documents.length === 0) return null
  const roots = documents.map(({ document }) => (document as { network?: unknown } | null)?.network)
  if (documents.some(({ document }) => document === null)) return { renderer: null, reason: 'netplan-unreadable' }
  const networks = roots.filter((root): root is Record<string, unknown> => typeof root === 'object' && root !== null)
  if (networks.length === 0) return null
  const renderers = networks.map(({ renderer }) => renderer).filter((renderer) => renderer !== undefined)
  const isNm = renderers.at(-1) === 'NetworkManager'
  return { renderer: isNm ? 'network-manager' : 'networkd', reason: null }
}

import { findDeviating } from './compare-networks.ts'
import type { ManagerVerdict } from './decide-manager.ts'
import type { HostNetworkFacts } from './host-facts.ts'
import { renderIfupdown } from './ifupdown/render-ifupdown.ts'
import { renderNetplan } from './netplan/render-netplan.ts'
import { renderNetworkManager } from './network-manager/render-network-manager.ts'
import { renderNetworkd } from './networkd/render-networkd.ts'
import type { Rendering } from './rendered-files.ts'
import type { WantedInterface } from './wanted-interfaces.ts'

/** What is done on a host so that its network becomes what is wanted, and how it goes back. */
export interface NetworkChanges {
  readonly folder: string
  readonly files: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[]
  /** Interfaces that are set up anew, what lies below first. */
  readonly changed: readonly string[]
  /** Interfaces that go: what lies above first. */
  readonly deleted: readonly string[]
  /** Interfaces that come. */
  readonly created: readonly string[]
  /** Before it, and on the way back: interfaces are let go by who keeps them. */
  readonly release: readonly string[]
  readonly letGo: readonly string[]
  readonly apply: readonly string[]
  readonly restore: readonly string[]
  /** What the kernel had of what is touched, as commands that give it back whatever had been done. */
  readonly kernel: { readonly clear: readonly string[]; readonly giveBack: readonly string[] }
  /** Nothing has to be done. */
  readonly isNothing: boolean
}

const RENDERERS = {
  ifupdown: renderIfupdown,
  networkd: renderNetworkd,
  netplan: renderNetplan,
  'network-manager': renderNetworkManager,
} as const

/** Whether a manager is one that is written for. */
export function isRendered(manager: ManagerVerdict['manager']): manager is keyof typeof RENDERERS {
  return Object.hasOwn(RENDERERS, manager)
}

/** Interfaces that Virtdeck's own files on a host configure. `manager`: one that is rendered. Pure. */
export function findOurs(
  facts: HostNetworkFacts,
  verdict: ManagerVerdict & { readonly manager: keyof typeof RENDERERS },
): ReadonlySet<string> {
  return RENDERERS[verdict.manager]({ facts, verdict, wanted: [] }).ours
}

/** Compares what is wanted with what a host has, for the manager that it has. `manager`: one that is rendered. Pure. */
export function decideChanges(
  facts: HostNetworkFacts,
  verdict: ManagerVerdict & { readonly manager: keyof typeof RENDERERS },
  wanted: readonly WantedInterface[],
): NetworkChanges {
  const rendering: Rendering = RENDERERS[verdict.manager]({ facts, verdict, wanted })
  const names = new Set(wanted.map(({ name }) => name))
  const linkOf = (name: string) => facts.links.find((link) => link.name === name)
  const given = [...rendering.ours].filter((name) => !names.has(name) && linkOf(name) !== undefined)
  const deleted = given
    .filter((name) => linkOf(name)?.kind !== null && linkOf(name)?.kind !== 'veth')
    .toSorted(byDepth(facts))
  const freed = given.filter((name) => !deleted.includes(name))
  const files = [...rendering.files].map(([path, after]) => ({ path, before: facts.files.get(path) ?? null, after }))
  const changed = withThoseAbove([...freed, ...findDeviating(wanted, facts)], wanted)
  const order = [...freed, ...wanted.map(({ name }) => name)].filter((name) => changed.has(name))
  const touched = [...new Set([...deleted, ...order])].filter((name) => linkOf(name) !== undefined)
  return {
    folder: rendering.folder,
    files,
    changed: order,
    deleted,
    created: wanted.map(({ name }) => name).filter((name) => linkOf(name) === undefined),
    release: rendering.releaseCommands(touched),
    letGo: rendering.releaseCommands(order),
    apply: rendering.applyCommands(order),
    restore: rendering.restoreCommands(touched),
    kernel: kernelCommands(facts, touched),
    isNothing: files.length === 0 && order.length === 0 && deleted.length === 0,
  }
}

/** What lies on an interface that goes down loses its routes, so that it is set up anew as well. */
function withThoseAbove(names: readonly string[], wanted: readonly WantedInterface[]): ReadonlySet<string> {
  const all = new Set(names)
  for (const { name, vlan, bond } of wanted) {
    const isAbove =
      (vlan !== null && all.has(vlan.parent)) ||
      bond?.nics.some((nic) => all.has(nic)) === true ||
      wanted.some(({ name: port, master }) => master?.name === name && all.has(port))
    if (isAbove) all.add(name)
  }
  return all
}

/** Bridges go before what is in them, VLAN interfaces before what they lie on. */
function byDepth({ links }: HostNetworkFacts) {
  const rank = (name: string) => {
    const kind = links.find((link) => link.name === name)?.kind
    return kind === 'bridge' ? 0 : kind === 'vlan' ? 1 : 2
  }
  return (one: string, other: string) => rank(one) - rank(other)
}

/** Interface names stand in commands as they are: others have no part in this. */
function isPlain(name: string): boolean {
  return /^[\w.@:-]{1,15}$/.test(name)
}

function kernelCommands({ links, routes }: HostNetworkFacts, touched: readonly string[]): NetworkChanges['kernel'] {
  const had = touched.flatMap((name) => links.find((link) => link.name === name && isPlain(name)) ?? [])
  const own = had.filter(({ kind }) => kind === null || kind === 'veth')
  return {
    clear: had.map(({ name }) => `ip address flush dev ${name} scope global`),
    giveBack: [
      ...own.map(({ name, master, mtu, isUp }) =>
        [
          `ip link set dev ${name}`,
          master === null ? 'nomaster' : isPlain(master) ? `master ${master}` : '',
          `mtu ${mtu} ${isUp ? 'up' : 'down'}`,
        ].join(' '),
      ),
      ...had.flatMap(({ name, addresses }) =>
        addresses
          .filter(({ isDynamic }) => !isDynamic)
          .map(({ address, prefix }) => `ip address replace ${address}/${prefix} dev ${name}`),
      ),
      ...routes
        .filter(
          ({ interfaceName, protocol }) => had.some(({ name }) => name === interfaceName) && protocol !== 'kernel',
        )
        .map(({ family, to, gateway, interfaceName, metric }) =>
          [
            `ip ${family === 'ipv6' ? '-6 ' : ''}route replace ${to}`,
            ...(gateway === null ? [] : [`via ${gateway}`]),
            `dev ${interfaceName}`,
            ...(metric === null ? [] : [`metric ${metric}`]),
          ].join(' '),
        ),
    ],
  }
}

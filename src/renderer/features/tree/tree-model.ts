import type { Host, Vm } from '../../../shared/domain/index.ts'

/** A node of the tree, of any kind: what it stands for and under which node it hangs. */
export interface TreeNode {
  /** `<kind>:<entity id>` */
  readonly id: string
  readonly kind: 'root' | 'host' | 'vm'
  readonly entityId: string
  readonly parentId: string | null
  readonly name: string
}

export interface TreeModel {
  readonly nodes: ReadonlyMap<string, TreeNode>
  /** Ids of the children, in the order shown; only for nodes that can have some. */
  readonly children: ReadonlyMap<string, readonly string[]>
}

export const ROOT_ID = 'root:'

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** By name as people sort ("node2" before "node10"), then by id, so that the order never depends on arrival. Pure. */
export function compareNames(
  a: { readonly name: string; readonly id: string },
  b: { readonly name: string; readonly id: string },
): number {
  return collator.compare(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

export function nodeId(kind: 'host' | 'vm', entityId: string): string {
  return `${kind}:${entityId}`
}

type HostPart = Pick<Host, 'id' | 'name'>
type VmPart = Pick<Vm, 'id' | 'name' | 'hostId'>

/** The tree of hosts and their VMs. A VM whose host is not (or no longer) known is left out. Pure. */
export function buildTree(hosts: Iterable<HostPart>, vms: Iterable<VmPart>): TreeModel {
  const nodes = new Map<string, TreeNode>()
  const children = new Map<string, string[]>()
  nodes.set(ROOT_ID, { id: ROOT_ID, kind: 'root', entityId: '', parentId: null, name: '' })
  const sortedHosts = [...hosts].sort(compareNames)
  children.set(
    ROOT_ID,
    sortedHosts.map((host) => nodeId('host', host.id)),
  )
  for (const host of sortedHosts) {
    const id = nodeId('host', host.id)
    nodes.set(id, { id, kind: 'host', entityId: host.id, parentId: ROOT_ID, name: host.name })
    children.set(id, [])
  }
  for (const vm of [...vms].sort(compareNames)) {
    const parentId = nodeId('host', vm.hostId)
    const siblings = children.get(parentId)
    if (siblings === undefined) continue
    const id = nodeId('vm', vm.id)
    nodes.set(id, { id, kind: 'vm', entityId: vm.id, parentId, name: vm.name })
    siblings.push(id)
  }
  return { nodes, children }
}

/** True when going from one collection to the other changes neither names nor places in the tree. Pure. */
export function sameStructure<T extends { readonly name: string; readonly hostId?: string }>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): boolean {
  if (before.size !== after.size) return false
  for (const [id, entity] of after) {
    const previous = before.get(id)
    if (previous === entity) continue
    if (previous === undefined || previous.name !== entity.name || previous.hostId !== entity.hostId) return false
  }
  return true
}

/** Builds the tree anew only when its structure changed; the same object otherwise, so that nothing repaints. */
export function createTreeReader(): (hosts: ReadonlyMap<string, Host>, vms: ReadonlyMap<string, Vm>) => TreeModel {
  let lastHosts: ReadonlyMap<string, Host> | null = null
  let lastVms: ReadonlyMap<string, Vm> | null = null
  let model = buildTree([], [])
  return (hosts, vms) => {
    if (hosts === lastHosts && vms === lastVms) return model
    const kept =
      lastHosts !== null && lastVms !== null && sameStructure(lastHosts, hosts) && sameStructure(lastVms, vms)
    lastHosts = hosts
    lastVms = vms
    if (!kept) model = buildTree(hosts.values(), vms.values())
    return model
  }
}

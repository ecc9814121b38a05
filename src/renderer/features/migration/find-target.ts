import type { ClusterId, HostId, MigrationVerdict, VmId } from '../../../shared/domain/index.ts'
import { type Collections, workspace } from '../../stores/index.ts'

/** Where machines would go that are dropped here. */
export interface MigrationTarget {
  /** What is under the pointer; null: nothing that takes machines. */
  readonly element: Element | null
  /** Null with an element: any host of the cluster that it stands for. */
  readonly hostId: HostId | null
  /** The cluster that it is in, or is. */
  readonly clusterId: ClusterId | null
  readonly name: string | null
  readonly verdict: MigrationVerdict | null
  readonly canDrop: boolean
  /** The engine has not told its verdict yet. */
  readonly isUnknown: boolean
}

const NOWHERE: MigrationTarget = {
  element: null,
  hostId: null,
  clusterId: null,
  name: null,
  verdict: null,
  canDrop: false,
  isUnknown: false,
}

type Verdicts = ReadonlyMap<HostId, MigrationVerdict> | null

/** The host or the cluster that an element stands for, with what the engine says of it. */
export function findMigrationTarget(at: Element, verdicts: Verdicts, collections: Collections): MigrationTarget {
  const element = at.closest('[data-node], [data-row]')
  if (element === null || workspace.getState().dialogs.length > 0) return NOWHERE
  const node = element.getAttribute('data-node')
  const [kind, id] = node === null ? ['', element.getAttribute('data-row') ?? ''] : splitNode(node)
  const hosts = collections.store('hosts').getState().entities
  const host = kind === 'host' || kind === '' ? hosts.get(id) : undefined
  if (host !== undefined) {
    const verdict = verdicts?.get(host.id) ?? null
    const isUnknown = verdicts === null
    return {
      element,
      hostId: host.id,
      clusterId: host.clusterId,
      name: host.name,
      verdict,
      canDrop: verdict !== null && verdict.verdict !== 'cannot',
      isUnknown,
    }
  }
  const cluster = kind === 'cluster' ? collections.store('clusters').getState().entities.get(id) : undefined
  if (cluster === undefined) return NOWHERE
  const fits = [...(verdicts?.values() ?? [])].some(
    ({ hostId, verdict }) => verdict !== 'cannot' && hosts.get(hostId)?.clusterId === cluster.id,
  )
  return {
    element,
    hostId: null,
    clusterId: cluster.id,
    name: cluster.name,
    verdict: null,
    canDrop: fits,
    isUnknown: verdicts === null,
  }
}

/** The machine that an element of the tree or of a list stands for. */
export function findVmElement(
  at: Element,
  collections: Collections,
): { readonly element: Element; readonly vmId: VmId } | null {
  const element = at.closest('[data-node], [data-row]')
  if (element === null) return null
  const node = element.getAttribute('data-node')
  const [kind, id] = node === null ? ['vm', element.getAttribute('data-row') ?? ''] : splitNode(node)
  const vm = kind === 'vm' ? collections.store('vms').getState().entities.get(id) : undefined
  return vm === undefined ? null : { element, vmId: vm.id }
}

function splitNode(node: string): readonly [string, string] {
  const colon = node.indexOf(':')
  return [node.slice(0, colon), node.slice(colon + 1)]
}

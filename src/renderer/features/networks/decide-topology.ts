import type { Host, HostId, Network, NetworkId, Vm, VmId } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'

/** Sizes of the picture, in its own units: pixels at 100 %. */
const LABEL_WIDTH = 180
const COLUMN_WIDTH = 120
const HEAD_HEIGHT = 48
const PADDING = 8
const SQUARE = 10
const SQUARE_GAP = 3
export const SQUARES_PER_LINE = 8
/** More machines than these in one cell are counted. */
const SQUARES_SHOWN = 24
const LEAST_ROW_HEIGHT = 26

export interface TopologyNetwork {
  readonly id: NetworkId
  readonly name: string
  readonly vlanId: number | null
  /** Where its line is. */
  readonly x: number
}

export interface TopologyHost {
  readonly id: HostId
  readonly name: string
  readonly status: Host['status']
  readonly y: number
  readonly height: number
}

/** A host's side of a network. `missing`: it is required there, and the host does not have it. */
export interface TopologyJoint {
  readonly hostId: HostId
  readonly networkId: NetworkId
  readonly kind: 'attached' | 'missing'
  readonly x: number
  readonly y: number
}

export interface TopologyMachine {
  readonly id: VmId
  readonly name: string
  readonly isRunning: boolean
  readonly networkId: NetworkId
  readonly x: number
  readonly y: number
}

export interface Topology {
  readonly width: number
  readonly height: number
  readonly networks: readonly TopologyNetwork[]
  readonly hosts: readonly TopologyHost[]
  readonly joints: readonly TopologyJoint[]
  readonly machines: readonly TopologyMachine[]
  /** Machines of a cell that have no square of their own. */
  readonly more: readonly { readonly key: string; readonly count: number; readonly x: number; readonly y: number }[]
  readonly squareSize: number
  readonly headHeight: number
}

/**
 * Where the networks of a datacenter, its hosts, and their machines stand in its picture: networks side by side, hosts below each
 * other, and at each crossing the machines of that host in that network. Pure.
 */
export function decideTopology(
  networks: readonly Pick<Network, 'id' | 'name' | 'vlanId' | 'bridgeName' | 'clusters' | 'hostIds'>[],
  hosts: readonly Pick<Host, 'id' | 'name' | 'status' | 'clusterId'>[],
  vms: readonly Pick<Vm, 'id' | 'name' | 'status' | 'hostId' | 'nics'>[],
): Topology {
  const columns = [...networks]
    .sort((a, b) => compareTexts(a.name, b.name))
    .map((network, index) => ({ network, x: LABEL_WIDTH + index * COLUMN_WIDTH + PADDING * 2 }))
  const machinesAt = groupMachines(networks, vms)
  const rows: TopologyHost[] = []
  const joints: TopologyJoint[] = []
  const machines: TopologyMachine[] = []
  const more: Topology['more'][number][] = []
  let y = HEAD_HEIGHT
  for (const { id, name, status, clusterId } of [...hosts].sort((a, b) => compareTexts(a.name, b.name))) {
    const most = Math.max(0, ...columns.map(({ network }) => machinesAt.get(`${id} ${network.id}`)?.length ?? 0))
    const lines = Math.ceil(Math.min(most, SQUARES_SHOWN) / SQUARES_PER_LINE) + (most > SQUARES_SHOWN ? 1 : 0)
    const height = Math.max(LEAST_ROW_HEIGHT, lines * (SQUARE + SQUARE_GAP) + PADDING * 2)
    rows.push({ id, name, status, y, height })
    for (const { network, x } of columns) {
      const inCluster = network.clusters.find((one) => one.clusterId === clusterId)
      const isMissing = inCluster?.missingHostIds.includes(id) === true && inCluster.required
      if (network.hostIds.includes(id))
        joints.push({ hostId: id, networkId: network.id, kind: 'attached', x, y: y + height / 2 })
      else if (isMissing) joints.push({ hostId: id, networkId: network.id, kind: 'missing', x, y: y + height / 2 })
      const here = machinesAt.get(`${id} ${network.id}`) ?? []
      for (const [index, vm] of here.slice(0, SQUARES_SHOWN).entries()) {
        machines.push({
          id: vm.id,
          name: vm.name,
          isRunning: vm.status === 'up',
          networkId: network.id,
          x: x + PADDING + (index % SQUARES_PER_LINE) * (SQUARE + SQUARE_GAP),
          y: y + PADDING + Math.floor(index / SQUARES_PER_LINE) * (SQUARE + SQUARE_GAP),
        })
      }
      if (here.length > SQUARES_SHOWN) {
        const below = y + PADDING + Math.ceil(SQUARES_SHOWN / SQUARES_PER_LINE) * (SQUARE + SQUARE_GAP)
        more.push({ key: `${id} ${network.id}`, count: here.length - SQUARES_SHOWN, x: x + PADDING, y: below })
      }
    }
    y += height
  }
  return {
    width: LABEL_WIDTH + columns.length * COLUMN_WIDTH + PADDING * 2,
    height: y + PADDING,
    networks: columns.map(({ network: { id, name, vlanId }, x }) => ({ id, name, vlanId, x })),
    hosts: rows,
    joints,
    machines,
    more,
    squareSize: SQUARE,
    headHeight: HEAD_HEIGHT,
  }
}

/** The machines of each host in each network, by name: those with a network card in its bridge. */
function groupMachines(
  networks: readonly Pick<Network, 'id' | 'bridgeName'>[],
  vms: readonly Pick<Vm, 'id' | 'name' | 'status' | 'hostId' | 'nics'>[],
) {
  const byBridge = new Map(networks.map(({ bridgeName, id }) => [bridgeName, id]))
  const groups = new Map<string, Pick<Vm, 'id' | 'name' | 'status'>[]>()
  for (const vm of [...vms].sort((a, b) => compareTexts(a.name, b.name))) {
    const bridges = vm.nics.flatMap(({ type, source }) => (type === 'bridge' && source !== null ? [source] : []))
    for (const networkId of new Set(bridges.flatMap((bridge) => byBridge.get(bridge) ?? []))) {
      const key = `${vm.hostId} ${networkId}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [vm])
      else group.push(vm)
    }
  }
  return groups
}

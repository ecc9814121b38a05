import { type ClusterId, EXCLUSIVE_ROLES, type NetworkId, type NetworkRole } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'

/** What a network is for in one cluster, as far as roles go. */
export interface AssignedNetwork {
  readonly id: NetworkId
  readonly name: string
  readonly vmNetwork: boolean
  readonly clusters: readonly {
    readonly clusterId: ClusterId
    readonly required: boolean
    readonly roles: readonly NetworkRole[]
  }[]
}

export interface Assignment {
  readonly networkId: NetworkId
  readonly required: boolean
  readonly roles: readonly NetworkRole[]
}

interface ClusterName {
  readonly id: ClusterId
  readonly name: string
}

/**
 * What becomes of the networks of a cluster when one of them is given these roles: a role that one network holds at a time moves
 * over; what a network gives up goes back to the management network. Returns those that change. An error: `network.not-for-vms`,
 * `network.management-needed`. Pure.
 */
export function decideAssignment(
  networks: readonly AssignedNetwork[],
  cluster: ClusterName,
  wish: Assignment,
): readonly Assignment[] | AppError {
  const network = networks.find(({ id }) => id === wish.networkId)
  if (network === undefined) return new AppError('network.not-found', { networkId: wish.networkId })
  const { name } = network
  if (wish.roles.includes('vm') && !network.vmNetwork) {
    return new AppError('network.not-for-vms', { name }, { subject: name })
  }
  const before = assignmentsOf(networks, cluster.id)
  const managementId = before.find(({ roles }) => roles.includes('management'))?.networkId
  const becomesManagement = wish.roles.includes('management')
  const isManagement = managementId === wish.networkId
  if ((isManagement && !becomesManagement) || ((isManagement || becomesManagement) && !wish.required)) {
    return new AppError('network.management-needed', { name, clusterName: cluster.name }, { subject: name })
  }
  const others = before
    .filter(({ networkId }) => networkId !== wish.networkId)
    .map((one) => ({ ...one, roles: one.roles.filter((role) => role === 'vm' || !wish.roles.includes(role)) }))
  return changed(before, returnRoles([...others, { ...wish, roles: inOrder(wish.roles) }]))
}

/**
 * What becomes of the networks of a cluster when one of them is taken from it. Returns those that stay and change; an error:
 * `network.not-attached`, `network.management-needed`. Pure.
 */
export function decideDetachment(
  networks: readonly AssignedNetwork[],
  cluster: ClusterName,
  networkId: NetworkId,
): readonly Assignment[] | AppError {
  const network = networks.find(({ id }) => id === networkId)
  if (network === undefined) return new AppError('network.not-found', { networkId })
  const { name } = network
  const before = assignmentsOf(networks, cluster.id)
  const held = before.find((one) => one.networkId === networkId)
  const params = { name, clusterName: cluster.name }
  if (held === undefined) return new AppError('network.not-attached', params, { subject: name })
  if (held.roles.includes('management')) return new AppError('network.management-needed', params, { subject: name })
  return changed(before, returnRoles(before.filter((one) => one !== held)))
}

function assignmentsOf(networks: readonly AssignedNetwork[], clusterId: ClusterId): readonly Assignment[] {
  return networks.flatMap(({ id, clusters }) =>
    clusters.flatMap((one) =>
      one.clusterId === clusterId ? [{ networkId: id, required: one.required, roles: one.roles }] : [],
    ),
  )
}

/** Roles that nobody holds go to the management network. */
function returnRoles(assignments: readonly Assignment[]): readonly Assignment[] {
  const held = new Set(assignments.flatMap(({ roles }) => roles))
  const free = EXCLUSIVE_ROLES.filter((role) => !held.has(role))
  return assignments.map((one) =>
    one.roles.includes('management') ? { ...one, roles: inOrder([...one.roles, ...free]) } : one,
  )
}

function changed(before: readonly Assignment[], after: readonly Assignment[]): readonly Assignment[] {
  return after.filter((one) => {
    const was = before.find(({ networkId }) => networkId === one.networkId)
    return was === undefined || was.required !== one.required || was.roles.join() !== one.roles.join()
  })
}

/** Each once, in the order in which they are listed everywhere. */
function inOrder(roles: readonly NetworkRole[]): readonly NetworkRole[] {
  return (['vm', ...EXCLUSIVE_ROLES] as const).filter((role) => roles.includes(role))
}

import type { Activation, ClusterId, HostId, HostStatus } from '../../shared/domain/index.ts'

export interface ActivationFacts {
  readonly clusterIds: readonly ClusterId[]
  readonly hosts: readonly { readonly id: HostId; readonly clusterId: ClusterId; readonly status: HostStatus }[]
  readonly hasDataDomain: boolean
}

/** What still lacks before a datacenter can be up, in its order, and what to do next. Pure. */
export function decideActivation({ clusterIds, hosts, hasDataDomain }: ActivationFacts): Activation {
  const up = hosts.find(({ status }) => status === 'up')
  return {
    steps: [
      { step: 'cluster', done: clusterIds.length > 0 },
      { step: 'host', done: up !== undefined },
      { step: 'data-domain', done: hasDataDomain },
    ],
    next: decideNext(),
  }

  function decideNext(): Activation['next'] {
    const [firstCluster = null] = clusterIds
    const [firstHost] = hosts
    if (firstCluster === null) return { action: 'create-cluster', clusterId: null, hostId: null }
    if (firstHost === undefined) return { action: 'add-host', clusterId: firstCluster, hostId: null }
    if (up === undefined) return { action: 'waiting-host', clusterId: firstHost.clusterId, hostId: firstHost.id }
    return hasDataDomain ? null : { action: 'create-data-domain', clusterId: up.clusterId, hostId: up.id }
  }
}

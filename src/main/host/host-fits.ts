import type { HostId } from '../../shared/domain/index.ts'
import type { ClusterFits } from '../cluster/index.ts'

/** How hosts stand to what is asked of them beside their own health. */
export interface HostFits extends ClusterFits {
  /** It writes the metadata of its datacenter's storage. */
  isStorageManager(hostId: HostId): boolean
}

/** What the cluster asks comes first: a host that lacks it is no use with any network or storage. */
export function joinFits(cluster: ClusterFits, networks: ClusterFits, storage: HostFits): HostFits {
  return {
    obstacleOf: (hostId) => cluster.obstacleOf(hostId) ?? networks.obstacleOf(hostId) ?? storage.obstacleOf(hostId),
    onObstacle: (listener) => {
      const ends = [cluster, networks, storage].map((fits) => fits.onObstacle(listener))
      return () => {
        for (const end of ends) end()
      }
    },
    isStorageManager: (hostId) => storage.isStorageManager(hostId),
  }
}

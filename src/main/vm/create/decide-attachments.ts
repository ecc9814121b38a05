import {
  type Cluster,
  type NetworkId,
  networkIdSchema,
  type VmNicSpec,
  type VnicProfile,
  vnicProfileIdSchema,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { lacksMeans } from '../../network/index.ts'
import type { NicRules, NicSource } from '../definition/index.ts'

/**
 * What each card of a new machine is plugged into on its host, or why one of them cannot be: of a logical network that is the bridge that
 * hosts have for it. Pure.
 */
export function decideAttachments(
  model: ModelSnapshot,
  cluster: Cluster,
  nics: readonly VmNicSpec[],
): readonly NicSource[] | AppError {
  const sources: NicSource[] = []
  for (const nic of nics) {
    const source = decideAttachment(model, cluster, nic)
    if (source instanceof AppError) return source
    sources.push(source)
  }
  return sources
}

/** The same of one card. Pure. */
export function decideAttachment(model: ModelSnapshot, cluster: Cluster, nic: VmNicSpec): NicSource | AppError {
  if ('bridge' in nic) return { kind: 'bridge', bridge: nic.bridge }
  if ('libvirtNetwork' in nic) return { kind: 'network', network: nic.libvirtNetwork }
  if ('user' in nic) return { kind: 'user' }
  const profile = profileOf(model, nic)
  const lacking = profile === undefined ? null : lacksMeans(profile)
  if (lacking !== null) return lacking
  if ('networkId' in nic) return decideBridge(model, cluster, networkIdSchema.parse(nic.networkId))
  const vnicProfileId = vnicProfileIdSchema.parse(nic.vnicProfileId)
  if (profile === undefined) return new AppError('vnic-profile.not-found', { vnicProfileId })
  return decideBridge(model, cluster, profile.networkId)
}

/** What the vNIC profile of a card asks of it; null: it has none, or one that is gone. Pure. */
export function decideRules(model: ModelSnapshot, nic: VmNicSpec): NicRules | null {
  const profile = profileOf(model, nic)
  if (profile === undefined) return null
  const { id, revision, filter, qos } = profile
  return { filter, qos, profile: { id, revision } }
}

/** The one that is named; of a network alone the one that bears its name: it came with it. */
function profileOf(model: ModelSnapshot, nic: VmNicSpec): VnicProfile | undefined {
  if ('vnicProfileId' in nic) return model.vnicProfiles.get(vnicProfileIdSchema.parse(nic.vnicProfileId))
  if (!('networkId' in nic)) return undefined
  const network = model.networks.get(networkIdSchema.parse(nic.networkId))
  if (network === undefined) return undefined
  return model.vnicProfiles.where('name', network.name).find(({ networkId }) => networkId === network.id)
}

function decideBridge(model: ModelSnapshot, cluster: Cluster, networkId: NetworkId): NicSource | AppError {
  const network = model.networks.get(networkId)
  if (network === undefined) return new AppError('network.not-found', { networkId })
  const { name, datacenterId, vmNetwork, clusters, bridgeName } = network
  const clusterName = cluster.name
  if (datacenterId !== cluster.datacenterId) return new AppError('network.other-datacenter', { name, clusterName })
  if (!vmNetwork) return new AppError('network.not-for-vms', { name })
  if (!clusters.some(({ clusterId }) => clusterId === cluster.id)) {
    return new AppError('network.not-attached', { name, clusterName })
  }
  return { kind: 'bridge', bridge: bridgeName }
}

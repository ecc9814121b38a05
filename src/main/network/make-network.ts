import { randomUUID } from 'node:crypto'
import {
  type ClusterId,
  type ClusterNetworkDefinition,
  type DatacenterId,
  DEFAULT_FILTER,
  EXCLUSIVE_ROLES,
  MANAGEMENT_NETWORK_NAME,
  type NetworkDefinition,
  type NetworkId,
  networkIdSchema,
  type VnicProfileDefinition,
  vnicProfileIdSchema,
} from '../../shared/domain/index.ts'
import type { NetworkRecord, VnicProfileRecord } from '../inventory/index.ts'

export type NewNetwork = Pick<NetworkDefinition, 'datacenterId' | 'name' | 'bridgeName'> &
  Partial<Pick<NetworkDefinition, 'description' | 'comment' | 'vlanId' | 'mtu' | 'vmNetwork' | 'isManagement'>> &
  Partial<Pick<NetworkRecord, 'clusters'>>

/** A network that is new, with an id of its own. */
export function makeNetwork(given: NewNetwork, now: number): NetworkRecord {
  return {
    id: networkIdSchema.parse(randomUUID()),
    description: '',
    comment: '',
    vlanId: null,
    mtu: null,
    vmNetwork: true,
    isManagement: false,
    revision: 1,
    clusters: [],
    createdAt: now,
    ...given,
  }
}

/** The network that a new datacenter comes with. */
export function makeManagementNetwork(datacenterId: DatacenterId, now: number): NetworkRecord {
  const name = MANAGEMENT_NETWORK_NAME
  return makeNetwork({ datacenterId, name, bridgeName: name, isManagement: true }, now)
}

/** What a new cluster has of its datacenter's first network. */
export function makeManagementAttachment(clusterId: ClusterId): ClusterNetworkDefinition {
  return { clusterId, required: true, roles: ['vm', ...EXCLUSIVE_ROLES] }
}

export type NewProfile = Pick<VnicProfileDefinition, 'name'> & Partial<Omit<VnicProfileDefinition, 'id' | 'networkId'>>

/** A profile that is new, with an id of its own. What is not given is as libvirt's own guard against forged addresses wants it. */
export function makeProfile(networkId: NetworkId, given: NewProfile, now: number): VnicProfileRecord {
  return {
    id: vnicProfileIdSchema.parse(randomUUID()),
    networkId,
    description: '',
    portMirroring: false,
    filter: DEFAULT_FILTER,
    passthrough: false,
    qos: { inbound: null, outbound: null },
    macSpoofing: false,
    trunk: false,
    revision: 1,
    createdAt: now,
    ...given,
  }
}

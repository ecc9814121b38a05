export type { DataDirOptions } from './data-dir.ts'
export { resolveDataDir } from './data-dir.ts'
export { isDiskFull } from './disk-space.ts'
export { createKeyFileCipher } from './key-file-cipher.ts'
export type { Inventory, OpenInventoryOptions, Repositories } from './open-inventory.ts'
export { openInventory } from './open-inventory.ts'
export type { AuditRepository } from './repositories/audit-repository.ts'
export type { ClusterRecord, ClustersRepository } from './repositories/clusters-repository.ts'
export type { DatacenterRecord, DatacentersRepository } from './repositories/datacenters-repository.ts'
export type { DiskRecord, DisksRepository } from './repositories/disks-repository.ts'
export type { EditRecord } from './repositories/edits-repository.ts'
export type {
  HostNetworkWishesRepository,
  HostNetworkWishRecord,
} from './repositories/host-network-wishes-repository.ts'
export type { HostWishesRepository } from './repositories/host-wishes-repository.ts'
export type { HostRecord, HostsRepository } from './repositories/hosts-repository.ts'
export type { ClusterNetworkKey, NetworkRecord, NetworksRepository } from './repositories/networks-repository.ts'
export type { OperationsRepository, UnreadableOperation } from './repositories/operations-repository.ts'
export type { SettingsRepository } from './repositories/settings-repository.ts'
export type { StorageDomainRecord, StorageDomainsRepository } from './repositories/storage-domains-repository.ts'
export type { TemplatesRepository } from './repositories/templates-repository.ts'
export type { Told, ToldByHostsRepository } from './repositories/told-by-hosts-repository.ts'
export type {
  DefinitionDrift,
  DefinitionState,
  StoredDefinition,
  VmDefinitionName,
  VmDefinitionRecord,
  VmDefinitionsRepository,
} from './repositories/vm-definitions-repository.ts'
export type { VmStatusesRepository, VmStatusRecord } from './repositories/vm-statuses-repository.ts'
export type { VnicProfileRecord, VnicProfilesRepository } from './repositories/vnic-profiles-repository.ts'
export type { RestoredBackup } from './restore-backup.ts'
export { restoreBackup } from './restore-backup.ts'
export type { SecretCipher, SecretStore } from './secret-store.ts'
export { decideWriteRefusal, type WriteState } from './write-state.ts'

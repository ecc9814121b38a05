/* The tables as the newest migration leaves them. Times are milliseconds since the epoch; `*_json` columns hold JSON. */

interface HostsTable {
  id: string
  name: string
  transport: 'ssh' | 'local'
  address: string
  port: number | null
  user: string | null
  authentication: 'agent' | 'key' | 'password'
  private_key_path: string | null
  jump_host: string | null
  libvirt_mode: 'system' | 'session'
  added_at: number
  machine_uuid: string | null
  machine_id_digest: string | null
  /** Counted up by each edit. */
  revision: number
  /** Never null: the migration that brought it gave every host one, but SQLite adds no such column. */
  cluster_id: string | null
  storage_manager_priority: number
}

interface DatacentersTable {
  id: string
  name: string
  description: string
  revision: number
  created_at: number
  storage_type: 'shared' | 'local'
}

interface StorageDomainsTable {
  id: string
  /** Null: attached to none. */
  datacenter_id: string | null
  name: string
  description: string
  type: 'data' | 'iso' | 'export'
  storage_json: string
  pool_name: string
  target_path: string
  /** 1: hosts of its datacenter are to have it; 0: it is in maintenance. */
  wished_active: number
  is_master: number
  master_version: number
  warning_free_percent: number
  critical_free_bytes: number
  lock_proof_json: string
  /** Counted up with each write of its descriptor. */
  generation: number
  revision: number
  created_at: number
}

interface DisksTable {
  id: string
  storage_domain_id: string
  file_name: string
  alias: string
  description: string
  kind: 'disk' | 'image' | 'other'
  format: string
  virtual_bytes: number | null
  shareable: number
  read_only: number
  discard: number
  revision: number
  created_at: number
}

interface NetworksTable {
  id: string
  datacenter_id: string
  name: string
  description: string
  comment: string
  /** Null: untagged. */
  vlan_id: number | null
  /** Bytes; null: the default. */
  mtu: number | null
  vm_network: number
  bridge_name: string
  is_management: number
  revision: number
  created_at: number
}

interface ClusterNetworksTable {
  network_id: string
  cluster_id: string
  required: number
  roles_json: string
  /** 1: every host in use has had it. */
  operational: number
}

interface VnicProfilesTable {
  id: string
  network_id: string
  name: string
  description: string
  port_mirroring: number
  filter: string | null
  passthrough: number
  qos_json: string
  mac_spoofing: number
  trunk: number
  revision: number
  created_at: number
}

/** One row: who this engine is to the storage that it owns. */
interface EngineTable {
  id: string
}

interface ClustersTable {
  id: string
  datacenter_id: string
  name: string
  /** Settings that were never set, or are no longer valid, have their defaults. */
  settings_json: string
  revision: number
  created_at: number
  /** What was found of its hosts, as it was last; null: nothing was. */
  cpu_level_json?: string | null
}

interface TemplatesTable {
  id: string
  datacenter_id: string
  /** The first version. */
  base_id: string
  version: number
  version_name: string
  name: string
  description: string
  sealed: number
  hardware_json: string
  disks_json: string
  created_from: string
  revision: number
  created_at: number
}

interface HostNetworkWishesTable {
  host_id: string
  wish_json: string
}

interface HostWishesTable {
  host_id: string
  /** Null, with the two below: it may run VMs. */
  maintenance_since: number | null
  maintenance_user: string | null
  maintenance_reason: string | null
  /** Ids of the VMs that were to be moved away by it; null: none. */
  maintenance_vm_ids_json: string | null
  /** Null, with the three below: neither was asked for, or it was seen to be done. */
  power_action: 'reboot' | 'shutdown' | null
  power_since: number | null
  power_user: string | null
  power_boot_id: string | null
}

interface ToldByHostsTable {
  host_id: string
  kind: 'facts' | 'details' | 'devices' | 'networks' | 'cpu'
  told_json: string
  told_at: number
}

interface VmDefinitionsTable {
  host_id: string
  vm_id: string
  name: string
  xml: string
  read_at: number
  /** Ascending: what was saved later has the greater number. */
  saved_order: number
  /** Null, with the two below: the host has what was known. */
  noticed_at: number | null
  known_at: number | null
  changes_json: string | null
  /** Null with the others set: it was too long to be kept. */
  known_xml: string | null
}

interface VmStatusesTable {
  vm_id: string
  host_id: string
  status: string
  domain_id: number | null
  since: number
  exact: number
}

interface OperationsTable {
  id: string
  /** The batch that it is a row of. */
  parent_id: string | null
  position: number
  command: string
  status: string
  queued_at: number
  record_json: string
}

interface EditsTable {
  entity_id: string
  revision: number
  fields_json: string
  user: string
  at: number
}

interface AuditTable {
  id: number
  at: number
  kind: string
  subject_id: string
  /** Where its subject was then. */
  host_id: string | null
  event_json: string
}

interface SettingsTable {
  name: string
  value_json: string
}

interface SecretsTable {
  key: string
  ciphertext: Uint8Array
}

interface AllowedCommandsTable {
  digest: string
  user: string
  at: number
}

interface RemovedDefinitionsTable {
  storage_domain_id: string
  /** Of a VM or a disk. */
  id: string
}

export interface Tables {
  datacenters: DatacentersTable
  clusters: ClustersTable
  storage_domains: StorageDomainsTable
  networks: NetworksTable
  cluster_networks: ClusterNetworksTable
  vnic_profiles: VnicProfilesTable
  templates: TemplatesTable
  disks: DisksTable
  engine: EngineTable
  hosts: HostsTable
  host_wishes: HostWishesTable
  host_network_wishes: HostNetworkWishesTable
  told_by_hosts: ToldByHostsTable
  removed_definitions: RemovedDefinitionsTable
  vm_definitions: VmDefinitionsTable
  vm_statuses: VmStatusesTable
  operations: OperationsTable
  edits: EditsTable
  audit: AuditTable
  settings: SettingsTable
  secrets: SecretsTable
  allowed_commands: AllowedCommandsTable
}

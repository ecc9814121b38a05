import type { TopicEntity, TopicName } from '../../../shared/contract/index.ts'
import { asksGuest, DEFAULT_MTU_BYTES, isBlockStorage } from '../../../shared/domain/index.ts'
import { formatTable, printable } from './table.ts'

interface Column<Entity> {
  readonly head: string
  readonly cell: (entity: Entity) => string
}

const KIB_PER_MIB = 1024
const BYTES_PER_MIB = 1024 ** 2
const BYTES_PER_GIB = 1024 ** 3

const taskColumns: readonly Column<TopicEntity<'tasks'>>[] = [
  { head: 'QUEUED', cell: (task) => formatTime(task.queuedAt) },
  { head: 'STATUS', cell: describeStatus },
  { head: 'COMMAND', cell: (task) => task.command },
  { head: 'SUBJECT', cell: (task) => task.subject.name },
  { head: 'DONE', cell: (task) => (task.progress === null ? '-' : `${Math.round(task.progress * 100)} %`) },
  { head: 'ERROR', cell: (task) => task.error?.code ?? '-' },
  { head: 'ID', cell: (task) => task.id },
]

/** What a datacenter and a cluster hold. */
const memberColumns: readonly Column<TopicEntity<'datacenters'> | TopicEntity<'clusters'>>[] = [
  { head: 'HOSTS UP', cell: ({ population }) => `${population.hostsByStatus.up ?? 0}/${population.hostCount}` },
  { head: 'VMS UP', cell: ({ population }) => `${population.vmsByStatus.up ?? 0}/${population.vmCount}` },
  { head: 'PROBLEMS', cell: ({ problemCount }) => String(problemCount) },
]

/** The key columns of the topics that are lists; the others are shown whole. */
const columns: { readonly [T in TopicName]?: readonly Column<TopicEntity<T>>[] } = {
  datacenters: [
    { head: 'NAME', cell: (datacenter) => datacenter.name },
    { head: 'STATUS', cell: (datacenter) => datacenter.status },
    { head: 'NEXT', cell: (datacenter) => datacenter.activation.next?.action ?? '-' },
    { head: 'CLUSTERS', cell: (datacenter) => String(datacenter.clusterCount) },
    ...memberColumns,
    { head: 'ID', cell: (datacenter) => datacenter.id },
  ],
  clusters: [
    { head: 'NAME', cell: (cluster) => cluster.name },
    { head: 'CPU LEVEL', cell: (cluster) => cluster.cpu.model ?? '-' },
    ...memberColumns,
    { head: 'DATACENTER ID', cell: (cluster) => cluster.datacenterId },
    { head: 'ID', cell: (cluster) => cluster.id },
  ],
  hosts: [
    { head: 'NAME', cell: (host) => host.name },
    { head: 'STATUS', cell: (host) => (host.stale ? `${host.status} (stale)` : host.status) },
    {
      head: 'ADDRESS',
      cell: (host) => (host.transport === 'local' ? 'this computer' : `${host.address}:${host.port}`),
    },
    { head: 'VMS', cell: (host) => `${host.runningVmCount}/${host.vmCount}` },
    { head: 'LIBVIRT', cell: (host) => host.facts?.libvirtVersion ?? '-' },
    { head: 'WHY', cell: (host) => host.maintenance?.reason ?? host.statusError?.code ?? '-' },
    { head: 'CLUSTER ID', cell: (host) => host.clusterId },
    { head: 'ID', cell: (host) => host.id },
  ],
  vms: [
    { head: 'NAME', cell: (vm) => vm.name },
    { head: 'STATUS', cell: (vm) => (vm.stale ? `${vm.status} (stale)` : vm.status) },
    { head: 'VCPUS', cell: (vm) => String(vm.vcpus) },
    { head: 'MEMORY', cell: (vm) => `${Math.round(vm.memoryKiB / KIB_PER_MIB)} MiB` },
    { head: 'ADDRESSES', cell: (vm) => vm.nics.flatMap((nic) => nic.addresses).join(' ') || '-' },
    { head: 'HOST ID', cell: (vm) => vm.hostId },
    { head: 'ID', cell: (vm) => vm.id },
  ],
  snapshots: [
    { head: 'NAME', cell: (snapshot) => (snapshot.isCurrent ? `${snapshot.name} (current)` : snapshot.name) },
    { head: 'PARENT', cell: (snapshot) => snapshot.parent ?? '-' },
    { head: 'TAKEN', cell: (snapshot) => (snapshot.createdAt === null ? '-' : formatTime(snapshot.createdAt)) },
    { head: 'KIND', cell: (snapshot) => snapshot.kind ?? '-' },
    { head: 'MEMORY', cell: (snapshot) => (snapshot.hasMemory ? 'yes' : 'no') },
    {
      head: 'SIZE',
      cell: ({ sizeBytes }) => (sizeBytes === null ? '-' : `${Math.ceil(sizeBytes / BYTES_PER_MIB)} MiB`),
    },
    { head: 'DESCRIPTION', cell: (snapshot) => snapshot.description ?? '' },
  ],
  backups: [
    { head: 'VM', cell: (backup) => backup.name },
    { head: 'TAKEN', cell: (backup) => formatTime(backup.createdAt) },
    { head: 'KIND', cell: (backup) => backup.kind },
    { head: 'SIZE', cell: ({ sizeBytes }) => `${Math.ceil(sizeBytes / BYTES_PER_MIB)} MiB` },
    { head: 'DISKS', cell: ({ disks }) => disks.map(({ target }) => target).join(' ') },
    { head: 'DOMAIN ID', cell: (backup) => backup.storageDomainId },
    { head: 'ID', cell: (backup) => backup.id },
  ],
  'storage-domains': [
    { head: 'NAME', cell: (domain) => domain.name },
    { head: 'TYPE', cell: (domain) => (domain.isMaster ? `${domain.type} (master)` : domain.type) },
    { head: 'STATUS', cell: (domain) => domain.status },
    {
      head: 'HOSTS',
      cell: ({ connections }) =>
        `${connections.filter(({ status }) => status === 'connected').length}/${connections.length}`,
    },
    { head: 'FREE', cell: (domain) => formatSpace(domain.availableBytes, domain.capacityBytes) },
    { head: 'LOCKS', cell: (domain) => domain.locks.verdict },
    { head: 'WHERE', cell: (domain) => describePlace(domain.storage) },
    { head: 'WHY', cell: (domain) => domain.problems[0]?.error.code ?? '-' },
    { head: 'DATACENTER ID', cell: (domain) => domain.datacenterId ?? '-' },
    { head: 'ID', cell: (domain) => domain.id },
  ],
  disks: [
    { head: 'NAME', cell: (disk) => disk.name },
    { head: 'KIND', cell: (disk) => disk.kind },
    { head: 'FORMAT', cell: (disk) => disk.format },
    { head: 'STATUS', cell: (disk) => (disk.registered ? disk.status : `${disk.status} (not registered)`) },
    { head: 'TAKEN', cell: (disk) => formatSpace(disk.allocatedBytes, disk.virtualBytes) },
    { head: 'USED BY', cell: ({ usedBy }) => usedBy.map(({ name }) => name).join(', ') || '-' },
    { head: 'PATH', cell: (disk) => disk.path },
    { head: 'ID', cell: (disk) => disk.id },
  ],
  'host.libvirt-networks': [
    { head: 'NAME', cell: (network) => network.name },
    { head: 'STATUS', cell: describeNetworkStatus },
    { head: 'MODE', cell: (network) => network.mode },
    { head: 'BRIDGE', cell: (network) => network.bridgeName ?? '-' },
    { head: 'IPV4', cell: ({ ipv4 }) => describeSubnet(ipv4) },
    { head: 'IPV6', cell: ({ ipv6 }) => describeSubnet(ipv6) },
    { head: 'AUTOSTART', cell: (network) => (network.autostart ? 'yes' : 'no') },
    { head: 'LEASES', cell: (network) => String(network.leases.length) },
    { head: 'USED BY', cell: ({ usedBy }) => usedBy.map(({ name }) => name).join(', ') || '-' },
    { head: 'ID', cell: (network) => network.id },
  ],
  'host.pools': [
    { head: 'NAME', cell: (pool) => pool.name },
    { head: 'STATUS', cell: (pool) => (pool.isActive ? 'active' : 'stopped') },
    { head: 'TYPE', cell: (pool) => pool.type },
    { head: 'FREE', cell: (pool) => formatSpace(pool.availableBytes, pool.capacityBytes) },
    { head: 'VOLUMES', cell: (pool) => String(pool.volumeCount) },
    { head: 'AUTOSTART', cell: (pool) => (pool.autostart ? 'yes' : 'no') },
    { head: 'STORAGE DOMAIN', cell: (pool) => pool.storageDomain?.name ?? '-' },
    { head: 'PATH', cell: (pool) => pool.path ?? '-' },
    { head: 'ID', cell: (pool) => pool.id },
  ],
  networks: [
    { head: 'NAME', cell: (network) => network.name },
    { head: 'VLAN', cell: ({ vlanId }) => (vlanId === null ? '-' : String(vlanId)) },
    { head: 'MTU', cell: ({ mtu }) => String(mtu ?? DEFAULT_MTU_BYTES) },
    { head: 'BRIDGE', cell: (network) => (network.vmNetwork ? network.bridgeName : '-') },
    {
      head: 'OPERATIONAL',
      cell: ({ clusters }) => `${clusters.filter(({ status }) => status === 'operational').length}/${clusters.length}`,
    },
    { head: 'ROLES', cell: ({ clusters }) => [...new Set(clusters.flatMap(({ roles }) => roles))].join(', ') || '-' },
    { head: 'HOSTS', cell: ({ hostIds }) => String(hostIds.length) },
    { head: 'VMS', cell: ({ vmCount }) => String(vmCount) },
    { head: 'WHY', cell: ({ problems }) => problems[0]?.error.code ?? '-' },
    { head: 'DATACENTER ID', cell: (network) => network.datacenterId },
    { head: 'ID', cell: (network) => network.id },
  ],
  'vnic-profiles': [
    { head: 'NAME', cell: (profile) => profile.name },
    { head: 'NETWORK', cell: (profile) => profile.networkName },
    { head: 'FILTER', cell: (profile) => profile.filter ?? '-' },
    { head: 'FORGED MACS', cell: ({ macSpoofing }) => (macSpoofing ? 'allowed' : '-') },
    { head: 'TRUNK', cell: ({ trunk }) => (trunk ? 'yes' : '-') },
    { head: 'ID', cell: (profile) => profile.id },
  ],
  templates: [
    { head: 'NAME', cell: (template) => template.name },
    { head: 'VERSION', cell: ({ version, versionName }) => [String(version), versionName].filter(Boolean).join(' ') },
    { head: 'STATUS', cell: (template) => template.status },
    { head: 'SEALED', cell: ({ sealed }) => (sealed ? 'yes' : 'no') },
    { head: 'DISKS', cell: ({ disks }) => String(disks.length) },
    { head: 'THIN VMS', cell: ({ usedBy }) => usedBy.map(({ name }) => name).join(' ') || '-' },
    { head: 'ID', cell: (template) => template.id },
  ],
  tasks: taskColumns,
  operations: taskColumns,
  'task.rows': [
    { head: 'SUBJECT', cell: (row) => row.subject.name },
    { head: 'STATUS', cell: (row) => row.status },
    { head: 'ERROR', cell: (row) => row.error?.code ?? '-' },
    { head: 'ID', cell: (row) => row.subject.id },
  ],
  events: [
    { head: 'AT', cell: (event) => formatTime(event.at) },
    { head: 'KIND', cell: (event) => event.kind },
    { head: 'SUBJECT', cell: (event) => event.subject.name },
    { head: 'COMMAND', cell: (event) => event.command ?? '-' },
    { head: 'USER', cell: (event) => event.user ?? '-' },
    { head: 'ERROR', cell: (event) => event.error?.code ?? '-' },
    { head: 'ID', cell: (event) => event.id },
  ],
}

function formatSpace(partBytes: number | null, wholeBytes: number | null): string {
  if (partBytes === null || wholeBytes === null) return '-'
  const [unit, unitBytes] = wholeBytes < BYTES_PER_GIB ? ['MiB', BYTES_PER_MIB] : ['GiB', BYTES_PER_GIB]
  return `${(partBytes / unitBytes).toFixed(1)}/${(wholeBytes / unitBytes).toFixed(1)} ${unit}`
}

function describeNetworkStatus({ isActive, pending }: TopicEntity<'host.libvirt-networks'>): string {
  if (!isActive) return 'stopped'
  return pending.length === 0 ? 'running' : `running (restart for: ${pending.join(', ')})`
}

function describeSubnet(ip: TopicEntity<'host.libvirt-networks'>['ipv4']): string {
  if (ip === null) return '-'
  return `${ip.address}/${ip.prefix}${ip.dhcp === null ? '' : ' (DHCP)'}`
}

function describePlace(storage: TopicEntity<'storage-domains'>['storage']): string {
  if (isBlockStorage(storage)) return storage.lunIds.join(',')
  if (storage.kind === 'nfs') return `nfs://${storage.server}${storage.export}`
  return storage.kind === 'posix' && storage.source !== undefined ? storage.source : storage.path
}

/** That a guest was asked does not mean that it has done it. */
function describeStatus({ status, command, answer }: TopicEntity<'tasks'>): string {
  if (status !== 'succeeded' || !asksGuest(command) || answer?.outcome === 'done') return status
  return answer === null ? 'asked' : `asked (${answer.outcome})`
}

/** A topic's entities as text for a person: a table where the topic is a list, else every field. */
export function formatTopic<T extends TopicName>(topic: T, entities: readonly TopicEntity<T>[]): string {
  if (topic === 'events.page') return formatPages(entities as readonly TopicEntity<'events.page'>[])
  const shape: readonly Column<TopicEntity<T>>[] | undefined = columns[topic]
  if (shape === undefined) return entities.map(formatWhole).join('\n')
  return formatTable(
    shape.map((column) => column.head),
    entities.map((entity) => shape.map((column) => column.cell(entity))),
  )
}

function formatPages(pages: readonly TopicEntity<'events.page'>[]): string {
  return pages
    .map(({ id, events, next }) => {
      const about = id.split('/').slice(1)
      const older = next === null ? '' : `\nOlder ones: --key ${[next, ...about].join('/')}\n`
      return `${formatTopic('events', events)}${older}`
    })
    .join('\n')
}

function formatWhole(entity: object): string {
  return Object.entries(entity)
    .map(([name, value]) => {
      if (typeof value === 'string' && value.includes('\n')) {
        return `${name}:\n${value.split('\n').map(printable).join('\n')}\n`
      }
      return `${name}: ${printable(typeof value === 'string' ? value : JSON.stringify(value))}\n`
    })
    .join('')
}

function formatTime(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

import {
  compareVersions,
  type Host,
  type HostId,
  isLunPath,
  type MigrationVerdict,
  type StorageDomain,
  type Vm,
  type VmId,
} from '../../shared/domain/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { DomainRecord, ResourceList } from '../hosts/index.ts'
import { decideAction, freeMemoryKiB } from '../vm/index.ts'

/** What hosts tell beside the model. */
export interface MigrationSight {
  networksOf(hostId: HostId): ResourceList | null
  recordOf(hostId: HostId, vmId: string): DomainRecord | null
  /** Memory of machines that are on their way there, KiB. */
  promisedOn(hostId: HostId): ReadonlyMap<VmId, number>
}

/** Why a machine cannot go to a host, and what is worth knowing where it can. */
export interface MigrationObstacles {
  readonly cannot: readonly AppError[]
  readonly warnings: readonly AppError[]
}

/** What somebody wants of a migration, as far as it decides where machines can go. */
export interface MigrationWishes {
  /** Disks that only its host has are copied along. */
  readonly copyDisks?: boolean | undefined
  /** Hosts of other clusters of its datacenter are taken, too. */
  readonly otherClusters?: boolean | undefined
}

/** Statuses in which a machine moves as it runs. Of one that is down its definition moves. */
const RUNNING_STATUSES: ReadonlySet<Vm['status']> = new Set(['up', 'paused'])

/** May the machine move at all, wherever to? Null: yes. Pure. */
export function decideMovable(model: ModelSnapshot, vmId: Vm['id']): AppError | null {
  const vm = model.vms.get(vmId)
  if (vm === undefined) return new AppError('vm.not-found', { vmId })
  const about = { subject: vm.name, hostId: vm.hostId }
  if (vm.status === 'unknown') {
    const hostName = model.hosts.get(vm.hostId)?.name ?? vm.hostId
    return new AppError('vm.status-unknown', { name: vm.name, hostName }, about)
  }
  // libvirt takes no snapshots along, and refuses machines that have any.
  const refusal = vm.hasSnapshots
    ? new AppError('snapshot.blocks', { name: vm.name, action: 'vm.migrate' }, about)
    : null
  if (vm.status === 'down') return refusal ?? decideAction(model, vmId, 'move')
  if (RUNNING_STATUSES.has(vm.status)) return refusal
  return new AppError('vm.wrong-status', { name: vm.name, status: vm.status, action: 'migrate' }, about)
}

/** What stands in the way of one machine to one host, by what is known without asking either. Pure. */
export function decideObstacles(
  model: ModelSnapshot,
  sight: MigrationSight,
  vm: Vm,
  host: Host,
  { copyDisks = false, otherClusters = false }: MigrationWishes = {},
): MigrationObstacles {
  const cannot: AppError[] = []
  const warnings: AppError[] = []
  const hostName = host.name
  if (host.id === vm.hostId)
    return { cannot: [new AppError('migration.same-host', { name: vm.name, hostName })], warnings }
  if (host.maintenance !== null) cannot.push(new AppError('host.in-maintenance', { name: hostName }))
  else if (host.status !== 'up') cannot.push(new AppError('migration.host-not-up', { hostName, status: host.status }))
  const cluster = model.clusters.get(host.clusterId)
  // What only keeps it from running there is worth knowing of one that does not run.
  const keepsFromRunning = vm.status === 'down' ? warnings : cannot
  if (host.clusterId !== vm.clusterId) {
    const params = { hostName, clusterName: cluster?.name ?? host.clusterId }
    const own = model.clusters.get(vm.clusterId)
    const isNear = own !== undefined && own.datacenterId === cluster?.datacenterId
    if (!isNear) cannot.push(new AppError('migration.other-datacenter', params))
    else if (otherClusters) warnings.push(new AppError('migration.to-other-cluster', params))
    else cannot.push(new AppError('migration.other-cluster', params))
  }
  const source = model.hosts.get(vm.hostId)
  keepsFromRunning.push(...decideMachine(vm, host, source))
  warnings.push(...decideVersions(vm, host, source))
  const short = cluster?.cpu.shortOf.find(({ hostId }) => hostId === host.id)
  if (short !== undefined) {
    keepsFromRunning.push(
      new AppError('migration.cpu', { hostName, missing: short.missing.join(', ') || short.reason }),
    )
  }
  const freeMiB = freeMemoryMiB(model, sight, host, vm.id)
  const neededMiB = Math.ceil(vm.memoryKiB / 1024)
  if (freeMiB !== null && freeMiB < neededMiB) {
    keepsFromRunning.push(new AppError('migration.memory', { hostName, neededMiB, freeMiB: Math.max(0, freeMiB) }))
  }
  for (const disk of vm.disks) {
    const obstacle = decideDisk(model, host, disk)
    if (obstacle === null) continue
    const isCopied = copyDisks && obstacle.code === 'migration.local-disk' && disk.sourceType === 'file'
    const path = disk.source ?? ''
    const others = isCopied ? model.vms.where('hostId', vm.hostId).filter(({ id }) => id !== vm.id) : []
    const user = others.find(({ disks }) => disks.some(({ source: file }) => file === path))
    // It would be taken away from the other one here.
    if (user !== undefined) {
      const params = { path, hostName: source?.name ?? vm.hostId, why: 'used', detail: user.name }
      cannot.push(new AppError('migration.disk-not-copied', params))
    } else if (isCopied) warnings.push(new AppError('migration.disk-copied', { path, hostName }))
    else cannot.push(obstacle)
  }
  keepsFromRunning.push(...decideNetworks(sight, vm, host))
  for (const { kind, model: deviceModel } of sight.recordOf(vm.hostId, vm.id)?.definition.otherDevices ?? []) {
    if (kind !== 'hostdev') continue
    cannot.push(new AppError('migration.device-of-host', { name: vm.name, device: deviceModel || kind }))
  }
  const taken = model.vms.where('name', vm.name).find((other) => other.id !== vm.id && other.hostId === host.id)
  if (taken !== undefined) cannot.push(new AppError('migration.taken', { hostName, name: vm.name }))
  const there = sight.recordOf(host.id, vm.id)
  if (there !== null && there.name !== vm.name)
    cannot.push(new AppError('migration.taken', { hostName, name: there.name }))
  return { cannot, warnings }
}

/** Memory that machines may still be given on a host, MiB; null: the host was never heard. May be negative. Pure. */
export function freeMemoryMiB(
  model: ModelSnapshot,
  { promisedOn }: Pick<MigrationSight, 'promisedOn'>,
  host: Host,
  without: VmId | null = null,
): number | null {
  const freeKiB = freeMemoryKiB(model, host, { without, promised: promisedOn(host.id) })
  return freeKiB === null ? null : Math.floor(freeKiB / 1024)
}

/** One verdict a host over several machines, the hosts in the order of the model. Pure. */
export function decideVerdicts(
  model: ModelSnapshot,
  sight: MigrationSight,
  vms: readonly Vm[],
  hosts: readonly Host[],
  wishes: MigrationWishes = {},
): MigrationVerdict[] {
  const neededMiB = (host: Host) =>
    vms
      .filter(({ hostId, status }) => hostId !== host.id && status !== 'down')
      .reduce((sum, { memoryKiB }) => sum + Math.ceil(memoryKiB / 1024), 0)
  const movable = vms.map(({ id }) => decideMovable(model, id)).filter((refusal) => refusal !== null)
  return hosts.map((host) => {
    const found = vms.map((vm) => ({ vm, ...decideObstacles(model, sight, vm, host, wishes) }))
    const name = ({ code, params, hostId, retry }: AppError, vm: Vm) =>
      toWireError(new AppError(code, params, { subject: vm.name, ...(hostId === undefined ? {} : { hostId }), retry }))
    // Machines that are there already are no reason against the others.
    const others = found.filter(({ vm }) => vm.hostId !== host.id || vms.length === 1)
    const cannot = [
      ...movable.map((refusal) => toWireError(refusal)),
      ...others.flatMap(({ vm, cannot: each }) => each.map((error) => name(error, vm))),
    ]
    const freeMiB = freeMemoryMiB(model, sight, host)
    const leftMiB = freeMiB === null ? null : freeMiB - neededMiB(host)
    // Each fits by itself, and together they do not.
    if (cannot.length === 0 && leftMiB !== null && leftMiB < 0 && freeMiB !== null) {
      const params = { hostName: host.name, neededMiB: neededMiB(host), freeMiB: Math.max(0, freeMiB) }
      cannot.push(toWireError(new AppError('migration.memory', params)))
    }
    if (others.length === 0)
      cannot.push(toWireError(new AppError('migration.same-host', { name: vms[0]?.name ?? '', hostName: host.name })))
    const warnings = others.flatMap(({ vm, warnings: each }) => each.map((error) => name(error, vm)))
    const verdict = cannot.length > 0 ? 'cannot' : warnings.length > 0 ? 'warning' : 'fits'
    return { hostId: host.id, hostName: host.name, verdict, reasons: [...cannot, ...warnings], freeMemoryMiB: leftMiB }
  })
}

/** The host that the machine goes to when nobody names one: the one with the most memory left of those that fit best; null: none. Pure. */
export function decideTarget(verdicts: readonly MigrationVerdict[]): MigrationVerdict | null {
  const rank = { fits: 0, warning: 1, cannot: 2 } as const
  const able = verdicts.filter(({ verdict }) => verdict !== 'cannot')
  return (
    able.sort(
      (one, other) =>
        rank[one.verdict] - rank[other.verdict] ||
        (other.freeMemoryMiB ?? 0) - (one.freeMemoryMiB ?? 0) ||
        one.hostName.localeCompare(other.hostName),
    )[0] ?? null
  )
}

/** The domain that a path lies in, among those of the host’s datacenter. Pure. */
export function domainOfPath(model: ModelSnapshot, path: string): StorageDomain | null {
  for (const domain of model.storageDomains.values()) if (path.startsWith(`${domain.targetPath}/`)) return domain
  return null
}

function decideMachine(vm: Vm, host: Host, source: Host | undefined): AppError[] {
  const { facts } = host
  if (facts === null) return []
  const found: AppError[] = []
  if (source?.facts !== null && source !== undefined && facts.architecture !== source.facts.architecture) {
    const params = { hostName: host.name, architecture: facts.architecture, needed: source.facts.architecture }
    found.push(new AppError('migration.architecture', params))
  }
  if (vm.domainType !== '' && !facts.domainTypes.includes(vm.domainType)) {
    const params = { hostName: host.name, machineType: vm.domainType }
    found.push(new AppError('migration.machine-type', params))
  }
  return found
}

function decideVersions(vm: Vm, host: Host, source: Host | undefined): AppError[] {
  const found: AppError[] = []
  const [there, here] = [host.facts, source?.facts ?? null]
  if (there === null || here === null) return found
  if (compareVersions(there.hypervisorVersion, here.hypervisorVersion) < 0) {
    const params = { hostName: host.name, version: there.hypervisorVersion, sourceVersion: here.hypervisorVersion }
    found.push(new AppError('migration.older-version', params))
  }
  if (vm.cpuMode === 'host-passthrough' && there.cpuModel !== here.cpuModel) {
    const params = { hostName: host.name, cpuModel: there.cpuModel, sourceModel: here.cpuModel }
    found.push(new AppError('migration.cpu-passed-through', params))
  }
  return found
}

function decideDisk(model: ModelSnapshot, host: Host, disk: Vm['disks'][number]): AppError | null {
  const { source, sourceType, readOnly, device } = disk
  if (source === null || sourceType === 'network') return null
  // Whether the host sees that LUN, it is asked itself.
  if (isLunPath(source)) return null
  const domain = sourceType === 'file' || sourceType === 'block' ? domainOfPath(model, source) : null
  if (domain === null) {
    // A medium that nobody writes only has to be there, which the host is asked before anything moves.
    if (readOnly || device === 'cdrom') return null
    return new AppError('migration.local-disk', { path: source, hostName: host.name })
  }
  const seen = domain.connections.some(({ hostId, status }) => hostId === host.id && status === 'connected')
  if (seen) return null
  return new AppError('migration.storage-not-connected', { storageDomain: domain.name, hostName: host.name })
}

function decideNetworks(sight: MigrationSight, vm: Vm, host: Host): AppError[] {
  const networks = sight.networksOf(host.id)
  if (networks === null || networks.asOf === null) return []
  const found: AppError[] = []
  for (const { type, source } of vm.nics) {
    if (type !== 'network' || source === null) continue
    const network = networks.values.find(({ name }) => name === source)
    const params = { network: source, hostName: host.name }
    if (network === undefined) found.push(new AppError('migration.network-missing', params))
    else if (!network.active) found.push(new AppError('migration.network-down', params))
  }
  return found
}

import type { Host, HostId, StorageDomain, VmId } from '../../../shared/domain/index.ts'
import { AppError, type HostRefusal } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { decideTakesVms } from '../../host/index.ts'
import { freeMemoryKiB } from './free-memory.ts'
import type { HostAbilities } from './host-abilities.ts'
import type { VmNeeds } from './vm-needs.ts'

export interface SchedulingPolicy {
  /** What a host can do, as it last told; null: it was not asked yet. */
  readonly abilitiesOf: (hostId: HostId) => HostAbilities | null
  /** Memory of machines that are being started there, KiB: whether they are seen yet or not. */
  readonly promisedOn: (hostId: HostId) => ReadonlyMap<VmId, number>
}

/** What the scheduler makes of one host. */
export interface HostVerdict {
  readonly host: Host
  /** Null: it can run the machine. */
  readonly refusal: AppError | null
  /** What would be left for others; less than nothing where it does not fit. */
  readonly freeKiB: number
}

const REFUSALS_NAMED = 16

/** Every host of the cluster with what it lacks for a machine, the best first: that with the most memory left, then by name. Pure. */
export function judgeHosts(model: ModelSnapshot, needs: VmNeeds, policy: SchedulingPolicy): HostVerdict[] {
  const hosts = model.hosts.where('clusterId', needs.clusterId)
  const named = needs.pinnedTo === null ? hosts : hosts.filter(({ id }) => id === needs.pinnedTo)
  return named
    .map((host) => {
      const view = { without: needs.vmId, promised: policy.promisedOn(host.id) }
      const freeKiB = freeMemoryKiB(model, host, view) ?? 0
      return { host, refusal: judgeHost(model, host, needs, policy, freeKiB), freeKiB: freeKiB - needs.memoryKiB }
    })
    .sort(
      (one, other) =>
        Number(one.refusal !== null) - Number(other.refusal !== null) ||
        other.freeKiB - one.freeKiB ||
        one.host.name.localeCompare(other.host.name),
    )
}

/**
 * The host that a machine is to run on, or why none can. `preferred` is taken where it can, as moving costs something; else the one with
 * the most memory left. Pure.
 */
export function decideHost(
  model: ModelSnapshot,
  needs: VmNeeds,
  policy: SchedulingPolicy,
  preferred: HostId | null = null,
): Host | AppError {
  const cluster = model.clusters.get(needs.clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId: needs.clusterId })
  const { pinnedTo } = needs
  const pinned = pinnedTo === null ? null : model.hosts.get(pinnedTo)
  if (pinned === undefined) return new AppError('host.not-found', { hostId: pinnedTo ?? '' })
  if (pinned !== null && pinned.clusterId !== cluster.id) {
    return new AppError('vm.host-elsewhere', { hostName: pinned.name, clusterName: cluster.name })
  }
  const verdicts = judgeHosts(model, needs, policy)
  const fit = verdicts.filter(({ refusal }) => refusal === null)
  const chosen = fit.find(({ host }) => host.id === preferred) ?? fit[0]
  if (chosen !== undefined) return chosen.host
  const [first] = verdicts
  if (verdicts.length === 1 && first?.refusal) return first.refusal
  const refusals = verdicts.slice(0, REFUSALS_NAMED).flatMap(describeRefusal)
  return new AppError('vm.no-host', { name: needs.name, clusterName: cluster.name, refusals }, { subject: needs.name })
}

function describeRefusal({ host, refusal }: HostVerdict): HostRefusal[] {
  if (refusal === null) return []
  return [{ name: host.name, error: { code: refusal.code, params: { ...refusal.params } } }]
}

function judgeHost(
  model: ModelSnapshot,
  host: Host,
  needs: VmNeeds,
  policy: SchedulingPolicy,
  freeKiB: number,
): AppError | null {
  const { id: hostId, name: hostName, facts, status } = host
  const about = { subject: hostName, hostId }
  const unfit = decideTakesVms(host)
  if (unfit !== null) return unfit
  if (status !== 'up')
    return new AppError('host.not-connected', { name: hostName, status }, { ...about, retry: 'safe' })
  const abilities = policy.abilitiesOf(hostId)
  const { architecture } = needs
  if (architecture !== null && abilities !== null && !abilities.architectures.has(architecture)) {
    return new AppError('vm.host-architecture', { hostName, architecture }, about)
  }
  if (facts !== null && needs.vcpus > facts.cpus) {
    return new AppError('vm.host-cpus-short', { hostName, vcpus: needs.vcpus, cpus: facts.cpus }, about)
  }
  const missing =
    needs.bridges.find((bridge) => abilities?.bridges?.has(bridge) === false) ??
    needs.networks.find((network) => abilities?.networks?.has(network) === false)
  if (missing !== undefined) return new AppError('vm.host-network-missing', { hostName, network: missing }, about)
  const unreached = needs.storageDomainIds
    .flatMap((id) => model.storageDomains.get(id) ?? [])
    .find((domain) => !isConnected(domain, hostId))
  if (unreached !== undefined) {
    return new AppError('vm.host-storage-missing', { hostName, storageName: unreached.name }, about)
  }
  if (facts === null || freeKiB >= needs.memoryKiB) return null
  const [neededMiB, freeMiB] = [Math.ceil(needs.memoryKiB / 1024), Math.max(0, Math.floor(freeKiB / 1024))]
  return new AppError('vm.host-memory-short', { hostName, neededMiB, freeMiB }, about)
}

function isConnected({ connections }: StorageDomain, hostId: HostId): boolean {
  return connections.some((connection) => connection.hostId === hostId && connection.status === 'connected')
}

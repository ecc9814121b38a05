import type { HostId, Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { decideAction, decideOnVm } from '../rules.ts'
import { decideHost, judgeHosts, type SchedulingPolicy } from './decide-host.ts'
import { refuseElsewhere } from './decide-start-elsewhere.ts'
import { needsOfVm } from './vm-needs.ts'

/** Where a machine is started. */
interface StartPlace {
  readonly hostId: HostId
  /** The host that its definition comes from; null: it is there already. */
  readonly movesFrom: HostId | null
  /** That host cannot be asked: what is known of its definition goes, and it keeps its own. */
  readonly isLost?: true
}

/**
 * Where a machine is to be started: on the host that is named; else where it is defined, as moving costs something; else, where that host
 * cannot run it now, on another one of its cluster that reaches all that is its. Or why it cannot be started. `confirmed`: a person knows
 * that the host of one that nobody can ask is off. Pure.
 */
export function decideStart(
  model: ModelSnapshot,
  vm: Vm,
  named: HostId | undefined,
  policy: SchedulingPolicy,
  confirmed = false,
): StartPlace | AppError {
  if (vm.status === 'unknown' && vm.stale) return decideLost(model, vm, named, policy, confirmed)
  if (named !== undefined && named !== vm.hostId) {
    if (vm.hasSnapshots) return boundBySnapshots(model, vm)
    return decideAction(model, vm.id, 'move') ?? movedTo(decideHost(model, needsOfVm(model, vm, named), policy), vm)
  }
  const refusal = decideOnVm(model, vm.id, 'start')
  if (refusal !== null) return refusal
  const obstacle = decideOwnHost(model, vm, policy)
  if (obstacle === null) return { hostId: vm.hostId, movesFrom: null }
  if (named !== undefined || isTiedToHost(model, vm)) return obstacle
  return movedTo(decideHost(model, needsOfVm(model, vm), policy), vm)
}

/** On another host, where nothing of it would stay behind and it cannot run twice. */
function decideLost(
  model: ModelSnapshot,
  vm: Vm,
  named: HostId | undefined,
  policy: SchedulingPolicy,
  confirmed: boolean,
): StartPlace | AppError {
  const { name, hostId } = vm
  const refusal = decideOnVm(model, vm.id, 'start')
  const isElsewhere = named === undefined || named !== hostId
  if (refusal !== null && (refusal.code !== 'vm.status-unknown' || !isElsewhere)) return refusal
  const unsafe = refuseElsewhere(model, vm, confirmed)
  if (unsafe !== null) return unsafe
  const params = { name, hostName: model.hosts.get(hostId)?.name ?? hostId }
  if (vm.hasSnapshots) return boundBySnapshots(model, vm)
  if (vm.hasManagedSave) return new AppError('vm.bound-to-host', { ...params, what: 'saved' }, { subject: name })
  if (isTiedToHost(model, { ...vm, status: 'down' })) {
    return new AppError('vm.bound-to-host', { ...params, what: 'disk' }, { subject: name })
  }
  const place = movedTo(decideHost(model, needsOfVm(model, vm, named ?? null), policy), vm)
  return place instanceof AppError ? place : { ...place, isLost: true }
}

function boundBySnapshots(model: ModelSnapshot, { name, hostId }: Vm): AppError {
  const hostName = model.hosts.get(hostId)?.name ?? hostId
  return new AppError('vm.bound-to-host', { name, hostName, what: 'snapshots' }, { subject: name })
}

function movedTo(host: ReturnType<typeof decideHost>, { hostId }: Vm): StartPlace | AppError {
  return host instanceof AppError ? host : { hostId: host.id, movesFrom: hostId }
}

/** Why its own host cannot run it now. What only is not said yet, just after a host was reached, is no reason to go away. */
function decideOwnHost(model: ModelSnapshot, vm: Vm, policy: SchedulingPolicy): AppError | null {
  const [verdict] = judgeHosts(model, needsOfVm(model, vm, vm.hostId), policy)
  const refusal = verdict?.refusal ?? null
  if (refusal?.code === 'host.not-connected') return null
  const connects = (status: string, hostId: HostId) => status === 'connecting' && hostId === vm.hostId
  const isComing =
    refusal?.code === 'vm.host-storage-missing' &&
    [...model.storageDomains.values()].some(({ connections }) =>
      connections.some(({ status, hostId }) => connects(status, hostId)),
    )
  return isComing ? null : refusal
}

/** Whether something of a machine would stay behind, as far as the model knows; the host is asked for the rest. Pure. */
function isTiedToHost(model: ModelSnapshot, vm: Vm): boolean {
  // A saved state, snapshots, and a kernel in a file of the host.
  if (vm.status !== 'down' || !vm.persistent || vm.hasSnapshots || vm.firmware === 'none') return true
  const folders = [...model.storageDomains.values()].map(({ targetPath }) => `${targetPath}/`)
  return vm.disks.some(({ source, sourceType }) => {
    if (source === null || sourceType === 'network') return false
    return sourceType !== 'file' || !folders.some((folder) => source.startsWith(folder))
  })
}

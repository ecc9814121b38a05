import type { Host, HostId, HostStatus, Vm, VmId, VmStatus } from '../../shared/domain/index.ts'
import { AppError, fromWireError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { Evacuee } from './evacuations.ts'

/* Which step of a host's life may be taken now. All pure; null: it may. */

/** Most VMs that one refusal refers to; the others are counted. */
const REFERENCES_LIMIT = 20

/** oVirt's statuses from which a host is forgotten, and those in which nobody reaches it. */
const REMOVABLE: ReadonlySet<HostStatus> = new Set([
  'unassigned',
  'install-failed',
  'maintenance',
  'non-responsive',
  'non-operational',
  'down',
  'error',
])

/** Statuses of a VM without a QEMU process. `unknown` is judged by what the VM was before. */
const WITHOUT_PROCESS: ReadonlySet<VmStatus> = new Set(['down', 'suspended', 'image-locked', 'image-illegal'])

/**
 * May the host be put into maintenance? What runs there is moved away. Where that cannot be, it is said beforehand, and it may only if the
 * VMs in question are to be left to themselves (`leave`).
 */
export function decideMaintenance(
  model: ModelSnapshot,
  hostId: HostId,
  { evacuees, unmovable }: { readonly evacuees: readonly Evacuee[]; readonly unmovable: 'refuse' | 'leave' },
): AppError | null {
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  const action = 'host.maintenance'
  if (host.maintenance !== null) return wrongStatus(host, action)
  // Nobody can ask it, nor move anything.
  if (host.stale) return decideNoVms(model, host, action)
  const stuck = evacuees.flatMap(({ vm, obstacle }) => (obstacle === null ? [] : [{ ...vm, obstacle }]))
  return unmovable === 'leave' || stuck.length === 0 ? null : cannotBeEmptied(host, stuck)
}

function cannotBeEmptied(
  { id: hostId, name }: Host,
  stuck: readonly { readonly id: VmId; readonly name: string; readonly obstacle: AppError }[],
): AppError {
  const told = stuck.slice(0, REFERENCES_LIMIT)
  return new AppError(
    'host.cannot-be-emptied',
    {
      name,
      count: stuck.length,
      references: told.map((vm) => ({ kind: 'vm', id: vm.id, name: vm.name })),
      refusals: told.map((vm) => ({ name: vm.name, error: { code: vm.obstacle.code, params: vm.obstacle.params } })),
    },
    { subject: name, hostId },
  )
}

/** Is there a wish that an activation would end? */
export function decideActivate(model: ModelSnapshot, hostId: HostId): AppError | null {
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  return host.maintenance === null && host.power === null ? wrongStatus(host, 'host.activate') : null
}

/** The VMs that its maintenance moved away, as far as they run on another host of its cluster. */
export function decideReturners(model: ModelSnapshot, hostId: HostId): readonly Vm[] {
  const host = model.hosts.get(hostId)
  return (host?.maintenance?.movedVmIds ?? []).flatMap((vmId) => {
    const vm = model.vms.get(vmId)
    const isElsewhere = vm !== undefined && vm.hostId !== hostId && vm.clusterId === host?.clusterId
    return isElsewhere && (vm.status === 'up' || vm.status === 'paused') ? [vm] : []
  })
}

/**
 * Can machines migrate to a host that was taken into use again? It is up, and each storage domain in use there has answered, this way or
 * that: what it lacks then stands in the way of a machine, not of the wait. Pure.
 */
export function decideReady(model: ModelSnapshot, hostId: HostId): boolean {
  const host = model.hosts.get(hostId)
  if (host === undefined || host.status !== 'up') return false
  const datacenterId = model.clusters.get(host.clusterId)?.datacenterId
  if (datacenterId === undefined) return false
  return model.storageDomains
    .where('datacenterId', datacenterId)
    .filter(({ status }) => status === 'active')
    .every(({ connections }) =>
      connections.some((each) => each.hostId === hostId && ['connected', 'failed'].includes(each.status)),
    )
}

/** May the host be rebooted or shut down? */
export function decidePower(
  model: ModelSnapshot,
  hostId: HostId,
  action: 'host.reboot' | 'host.shutdown',
  withRunningVms: boolean,
): AppError | null {
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  const about = { subject: host.name, hostId }
  if (host.transport === 'local') return new AppError('host.needs-ssh', { name: host.name, action }, about)
  if (host.power !== null && host.problems.every(({ error }) => error.code !== 'host.did-not-go')) {
    return new AppError('host.going-down', { name: host.name, action: `host.${host.power.action}` }, about)
  }
  if (host.stale) {
    return new AppError('host.not-connected', { name: host.name, status: host.status }, { ...about, retry: 'safe' })
  }
  return withRunningVms ? null : decideNoVms(model, host, action)
}

/** May the host be forgotten? */
export function decideRemove(model: ModelSnapshot, hostId: HostId): AppError | null {
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  if (REMOVABLE.has(host.status)) return null
  return new AppError('host.not-removable', { name: host.name, status: host.status }, { subject: host.name, hostId })
}

/** May a VM be started on the host? */
export function decideTakesVms(host: Host): AppError | null {
  const { name, id: hostId } = host
  const about = { subject: name, hostId }
  if (host.maintenance !== null) return new AppError('host.in-maintenance', { name }, about)
  if (host.power !== null) return new AppError('host.going-down', { name, action: `host.${host.power.action}` }, about)
  // Something that its cluster asks for is not there.
  return host.status === 'non-operational' && host.statusError !== null ? fromWireError(host.statusError) : null
}

function decideNoVms(model: ModelSnapshot, host: Host, action: string): AppError | null {
  const running = model.vms.where('hostId', host.id).filter(hasProcess)
  if (running.length === 0) return null
  const references = running
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, REFERENCES_LIMIT)
    .map(({ id, name }) => ({ kind: 'vm' as const, id, name }))
  const hint = host.stale ? 'lost' : 'live'
  return new AppError(
    'host.has-running-vms',
    { name: host.name, action, count: running.length, hint, references },
    { subject: host.name, hostId: host.id },
  )
}

function hasProcess({ status, lastStatus }: Vm): boolean {
  const known = status === 'unknown' ? lastStatus : status
  return known !== null && !WITHOUT_PROCESS.has(known)
}

function wrongStatus({ name, status, id: hostId }: Host, action: string): AppError {
  return new AppError('host.wrong-status', { name, status, action }, { subject: name, hostId })
}

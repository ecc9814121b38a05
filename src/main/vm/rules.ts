import type { HostId, Vm, VmId, VmStatus } from '../../shared/domain/index.ts'
import { AppError, fromWireError } from '../../shared/errors/index.ts'
import { exclusive, type ModelSnapshot, type PlanDraft, type StepDraft, shared } from '../engine/index.ts'
import { decideTakesVms } from '../host/index.ts'

/** What can be done to a VM; the word that errors name it by. */
export type VmAction =
  | 'start'
  | 'shutdown'
  | 'poweroff'
  | 'reboot'
  | 'reset'
  | 'nmi'
  | 'send-keys'
  | 'guest-time'
  | 'guest-freeze'
  | 'guest-thaw'
  | 'guest-password'
  | 'guest-exec'
  | 'pause'
  | 'resume'
  | 'save'
  | 'autostart'
  | 'remove'
  | 'move'
  | 'run-once'
  | 'change-cd'
  | 'edit'
  | 'label'
  | 'discard-pending'
  | 'clone'
  | 'snapshot-create'
  | 'snapshot-revert'
  | 'snapshot-remove'
  | 'snapshot-edit'
  | 'backup.create'
  | 'backup.restore'

/** Those in which QEMU runs, and nothing is on its way between hosts or to the disk. */
const RUNNING: ReadonlySet<VmStatus> = new Set([
  'up',
  'paused',
  'powering-up',
  'powering-down',
  'reboot-in-progress',
  'not-responding',
])
const SETTLED: ReadonlySet<VmStatus> = new Set([...RUNNING, 'down', 'suspended'])

/** The statuses in which an action makes sense. */
export const ALLOWED_STATUSES: Readonly<Record<VmAction, ReadonlySet<VmStatus>>> = {
  start: new Set(['down', 'suspended']),
  shutdown: new Set(['up', 'powering-up', 'powering-down', 'reboot-in-progress']),
  poweroff: new Set([
    'up',
    'paused',
    'powering-up',
    'powering-down',
    'reboot-in-progress',
    'not-responding',
    'wait-for-launch',
    'restoring-state',
  ]),
  reboot: new Set(['up', 'reboot-in-progress']),
  reset: new Set(['up', 'paused', 'powering-up', 'powering-down', 'reboot-in-progress', 'not-responding']),
  nmi: new Set(['up', 'paused', 'powering-up', 'powering-down', 'reboot-in-progress', 'not-responding']),
  'send-keys': new Set(['up', 'powering-up', 'powering-down', 'reboot-in-progress', 'not-responding']),
  'guest-time': new Set(['up']),
  'guest-freeze': new Set(['up']),
  'guest-thaw': new Set(['up']),
  'guest-password': new Set(['up']),
  'guest-exec': new Set(['up']),
  pause: new Set(['up', 'powering-up', 'reboot-in-progress']),
  resume: new Set(['paused']),
  save: new Set(['up', 'paused']),
  remove: new Set(['down', 'suspended']),
  move: new Set(['down']),
  'run-once': new Set(['down']),
  'change-cd': new Set(['down', 'up', 'paused', 'suspended']),
  autostart: SETTLED,
  edit: SETTLED,
  label: SETTLED,
  'discard-pending': RUNNING,
  clone: SETTLED,
  'snapshot-create': new Set(['down', 'up', 'paused']),
  'snapshot-revert': new Set(['down', 'up', 'paused']),
  'snapshot-remove': new Set(['down', 'up', 'paused']),
  'snapshot-edit': SETTLED,
  'backup.restore': new Set(['down']),
  'backup.create': new Set(['down', 'up', 'paused']),
}

/** Actions that need a definition which outlives the running machine. */
const NEEDS_PERSISTENCE: ReadonlySet<VmAction> = new Set([
  'save',
  'autostart',
  'move',
  'edit',
  'label',
  'discard-pending',
  'clone',
  'snapshot-create',
  'snapshot-revert',
  'snapshot-remove',
  'snapshot-edit',
  'backup.create',
])

/** May `action` be done to the VM where it is now? Null: yes. Otherwise why not. Pure. */
export function decideAction(model: ModelSnapshot, vmId: VmId, action: VmAction): AppError | null {
  const refusal = decideOnVm(model, vmId, action)
  const host = model.hosts.get(model.vms.get(vmId)?.hostId as HostId)
  const starts = action === 'start' || action === 'run-once'
  return refusal ?? (starts && host !== undefined ? decideTakesVms(host) : null)
}

/** The same, whatever its host says to it. Pure. */
export function decideOnVm(model: ModelSnapshot, vmId: VmId, action: VmAction): AppError | null {
  const vm = model.vms.get(vmId)
  if (vm === undefined) return new AppError('vm.not-found', { vmId })
  const about = { subject: vm.name, hostId: vm.hostId }
  const ambiguous = vm.problems.find((problem) => problem.error.code === 'vm.ambiguous')
  if (ambiguous !== undefined) return fromWireError(ambiguous.error)
  if (vm.status === 'unknown') {
    return new AppError('vm.status-unknown', { name: vm.name, hostName: hostName(model, vm.hostId) }, about)
  }
  if (!vm.persistent && NEEDS_PERSISTENCE.has(action))
    return new AppError('vm.transient', { name: vm.name, action }, about)
  if (!ALLOWED_STATUSES[action].has(vm.status)) {
    return new AppError('vm.wrong-status', { name: vm.name, status: vm.status, action }, about)
  }
  return null
}

/** Has it a QEMU, whatever that does? Pure. */
export function isRunning({ status }: Pick<Vm, 'status'>): boolean {
  return status !== 'down' && status !== 'suspended'
}

/** Has it no snapshots, which need it as it is? Null: none. Pure. */
export function decideWithoutSnapshots(model: ModelSnapshot, vmId: VmId, action: string): AppError | null {
  const vm = model.vms.get(vmId)
  return vm?.hasSnapshots === true
    ? new AppError('snapshot.blocks', { name: vm.name, action }, { subject: vm.name })
    : null
}

/** The VM that a command is about. Throws vm.not-found. */
export function requireVm(model: ModelSnapshot, vmId: VmId): Vm {
  const vm = model.vms.get(vmId)
  if (vm === undefined) throw new AppError('vm.not-found', { vmId })
  return vm
}

/** What the audit and the task list call a VM. */
export function vmSubject(model: ModelSnapshot, { vmId }: { readonly vmId: VmId }) {
  return { kind: 'vm', id: vmId, name: model.vms.get(vmId)?.name ?? vmId } as const
}

/** A host's name, or its id where it is gone. */
export function hostName(model: ModelSnapshot, hostId: HostId): string {
  return model.hosts.get(hostId)?.name ?? hostId
}

/** A step on a VM's host, as a command on one VM drafts it; text parameters `vm` and `host` come by themselves. */
export type VmStepDraft = Omit<StepDraft, 'text' | 'hostId'> & { readonly key: string }

/**
 * The plan of a command on one VM where it is: nobody else changes the VM meanwhile, and its host stays in the inventory.
 * Throws vm.not-found.
 */
export function planOnVm(model: ModelSnapshot, vmId: VmId, steps: readonly VmStepDraft[]): PlanDraft {
  const vm = requireVm(model, vmId)
  const params = { vm: vm.name, host: hostName(model, vm.hostId) }
  return {
    locks: [exclusive(`vm:${vmId}`), shared(`host:${vm.hostId}`)],
    touches: [vmSubject(model, { vmId })],
    steps: steps.map(({ key, ...step }) => ({ ...step, hostId: vm.hostId, text: { key, params } })),
  }
}

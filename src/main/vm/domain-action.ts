import type { HostId, Vm, VmId } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { Inspection, ModelSnapshot } from '../engine/index.ts'
import {
  type DomainRecord,
  type HostLink,
  type HostRegistry,
  isLibvirtError,
  refreshEverywhere,
} from '../hosts/index.ts'
import { ALLOWED_STATUSES, decideAction, type VmAction, vmSubject } from './rules.ts'

/** Of a VM, what is needed to act on it. */
export type ActedOn = Pick<Vm, 'id' | 'name' | 'hostId'>

export interface DomainActionRequest {
  readonly vm: ActedOn
  readonly action: VmAction
  readonly link: HostLink
  readonly model: () => ModelSnapshot
  readonly call: () => Promise<unknown>
  /** Did it take effect, by what the host says now? Null: that cannot be seen. */
  readonly tookEffect: (record: DomainRecord) => boolean | null
}

/**
 * What every command on one VM has: whom it is about, what refuses it, and a fresh look at it before it is decided. Autostart, a
 * saved state that was removed, or a change that was only written to disk: no event tells of them.
 */
export function onVm(hosts: HostRegistry, action: VmAction) {
  return {
    subject: vmSubject,
    validate: (model: ModelSnapshot, { vmId }: { readonly vmId: VmId }) => decideAction(model, vmId, action),
    refresh: ({ input }: { readonly input: { readonly vmId: VmId } }) => refreshEverywhere(hosts.list(), input.vmId),
  }
}

/** How long an interrupted action waits for its host, and then for its effect. */
const HOST_PATIENCE_MS = 30_000
const EFFECT_TRIES = 5
const EFFECT_PAUSE_MS = 500

/**
 * Does one thing to a domain and reads it again, so that what follows sees the effect. A call that was interrupted is settled
 * by what the host says. Errors: vm.not-found, vm.wrong-status, vm.operation-refused, vm.busy, vm.outcome-unknown,
 * host.not-connected.
 */
export async function runDomainAction(request: DomainActionRequest): Promise<void> {
  try {
    await request.call()
  } catch (error) {
    if (isInterrupted(error)) return settle(request, error)
    if (!isLibvirtError(error)) throw error
    await refreshQuietly(request)
    throw decideActionError(error, request.action, request.vm, request.model().vms.get(request.vm.id))
  }
  await refreshQuietly(request)
}

/** True when nobody knows whether a call took effect. */
export function isInterrupted(error: unknown): boolean {
  return isAppError(error) && error.retry === 'after-refresh' && error.code.startsWith('libvirt.')
}

/** What the daemon's refusal means for the person who asked. `now` is the VM after it was read again. Pure. */
export function decideActionError(
  error: AppError<'libvirt.call-failed'>,
  action: VmAction,
  vm: ActedOn,
  now: Vm | undefined,
): AppError {
  const { name } = vm
  const { message } = error.params
  const options = { cause: error, subject: name, hostId: vm.hostId }
  if (isLibvirtError(error, 'noDomain')) return new AppError('vm.not-found', { vmId: vm.id }, options)
  // "cannot acquire state change lock (held by …)": something else is at work on it.
  if (isLibvirtError(error, 'operationTimeout'))
    return new AppError('vm.busy', { name, job: message }, { ...options, retry: 'safe' })
  const becameWrong = now !== undefined && now.status !== 'unknown' && !ALLOWED_STATUSES[action].has(now.status)
  if (isLibvirtError(error, 'operationInvalid') && becameWrong) {
    return new AppError('vm.wrong-status', { name, status: now.status, action }, options)
  }
  return new AppError('vm.operation-refused', { name, action, message }, options)
}

async function settle(request: DomainActionRequest, error: unknown): Promise<void> {
  const { vm, action, link } = request
  for (let tries = 0; tries < EFFECT_TRIES; tries += 1) {
    if (!(await link.whenLive(HOST_PATIENCE_MS))) break
    const record = await readQuietly(link, vm.id)
    if (record === null) throw new AppError('vm.not-found', { vmId: vm.id }, { cause: error, subject: vm.name })
    const effect = record === undefined ? false : request.tookEffect(record)
    if (effect === true) return
    if (effect === null) break
    await new Promise((resolve) => setTimeout(resolve, EFFECT_PAUSE_MS))
  }
  const options = { cause: error, subject: vm.name, hostId: vm.hostId, retry: 'after-refresh' } as const
  throw new AppError('vm.outcome-unknown', { name: vm.name, action }, options)
}

/** Undefined when it could not be read. */
async function readQuietly(link: HostLink, vmId: VmId): Promise<DomainRecord | null | undefined> {
  try {
    return await link.refreshDomain(vmId)
  } catch (error) {
    if (isAppError(error)) return undefined
    throw error
  }
}

/** The action itself is settled: a connection lost just now only means that its effect shows later. */
async function refreshQuietly({ link, vm }: DomainActionRequest): Promise<void> {
  await readQuietly(link, vm.id)
}

/**
 * Looks at a VM where a step worked on it. A domain that is not there has nothing of the effect. `null`: the effect of such a
 * step cannot be seen, so nobody will ever know. Errors: those of the link, when the host cannot be asked now.
 */
export async function inspectDomain(
  hosts: HostRegistry,
  { hostId, vmId }: { readonly hostId: string | null; readonly vmId: VmId },
  look: (record: DomainRecord) => Inspection | boolean | null,
): Promise<Inspection> {
  const link = hosts.get(hostId as HostId)
  const record = await link.refreshDomain(vmId)
  if (record === null) return 'absent'
  const seen = look(record)
  if (seen === null) return 'unknowable'
  return typeof seen === 'boolean' ? (seen ? 'done' : 'absent') : seen
}

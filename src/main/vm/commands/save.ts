import type { Vm } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import {
  domainReference,
  type HostLink,
  isActiveState,
  type LibvirtConnection,
  type TypedParameterValue,
  typedParametersToObject,
} from '../../hosts/index.ts'
import { inspectDomain, isInterrupted, onVm, runDomainAction } from '../domain-action.ts'
import { planOnVm, requireVm } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const SAVE_TIMEOUT_MS = 24 * 60 * 60_000
const PROGRESS_INTERVAL_MS = 1_000
/** `VIR_DOMAIN_JOB_NONE`. */
const JOB_NONE = 0

/** Writes a VM's memory to the host's disk and stops it (libvirt's managed save). Can be cancelled: the VM then runs on. */
export function createSave(dependencies: VmCommandDependencies): OperationHandler<'vm.save'> {
  const { hosts, transitions, ownActions, clock } = dependencies
  return {
    name: 'vm.save',
    ...onVm(hosts, 'save'),
    plan: (model, input) =>
      planOnVm(model, input.vmId, [{ action: 'save', key: 'saving', cancellable: true, goesOn: true }]),
    afterCrash: 'undo',
    steps: {
      save: {
        timeoutMs: SAVE_TIMEOUT_MS,
        run: async ({ input, model, signal, progress, user, isRow }) => {
          const vm = requireVm(model(), input.vmId)
          const link = hosts.get(vm.hostId)
          const ended = ownActions.expect(vm.id, {
            kinds: ['vm.paused', 'vm.saved', 'vm.resumed'],
            user,
            command: 'vm.save',
            silent: !isRow,
            withinMs: SAVE_TIMEOUT_MS,
          })
          const endTransition = transitions.begin(vm.id, 'saving-state', SAVE_TIMEOUT_MS)
          const stopWatching = watchProgress(link, vm, progress, clock.after)
          try {
            await runDomainAction({
              vm,
              action: 'save',
              link,
              model,
              call: () => saveOnOwnConnection(link, vm, signal),
              tookEffect: (record) => record.hasManagedSave && !isActiveState(record.state),
            })
          } finally {
            stopWatching()
            endTransition()
            ended()
          }
          return null
        },
        inspect: async ({ input, step, model }) => {
          const seen = await inspectDomain(
            hosts,
            { hostId: step.hostId, vmId: input.vmId },
            (record) => record.hasManagedSave && !isActiveState(record.state),
          )
          const vm = model().vms.get(input.vmId)
          if (seen === 'done' || vm === undefined) return seen
          return (await fetchJob(hosts.get(vm.hostId), vm)) === null ? seen : 'running'
        },
      },
    },
    output: () => ({}),
  }
}

async function saveOnOwnConnection(link: HostLink, vm: Vm, signal: AbortSignal): Promise<void> {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const given = new AbortController()
  let connection: LibvirtConnection | null = null
  let saving = false
  const onAbort = () => {
    // A person's cancel ends the job on the host, if it is ours. The engine's own stop leaves it there and stops watching.
    if (!isAppError(signal.reason, 'task.cancelled')) given.abort(signal.reason)
    else if (saving) abortJob(link, dom)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    connection = await link.openConnection({ signal })
    signal.throwIfAborted()
    saving = true
    const limits = { timeoutMs: SAVE_TIMEOUT_MS, signal: given.signal }
    await connection.call('DOMAIN_MANAGED_SAVE', { dom, flags: 0 }, limits)
  } catch (error) {
    const cancelled = isAppError(signal.reason, 'task.cancelled') && !isInterrupted(error)
    throw cancelled ? new AppError('task.cancelled', { command: 'vm.save' }, { cause: error }) : error
  } finally {
    signal.removeEventListener('abort', onAbort)
    await connection?.close()
  }
}

function abortJob(link: HostLink, dom: ReturnType<typeof domainReference>): void {
  const control = link.isLive ? link.control() : null
  control?.call('DOMAIN_ABORT_JOB', { dom }).catch((error: unknown) => {
    // Too late: the job had ended. Anything else lets the save run on, which its own reply will tell.
    if (!isAppError(error)) throw error
  })
}

/** The job at work on a domain, as libvirt's typed parameters; null when there is none. Errors: those of the link. */
async function fetchJob(link: HostLink, vm: Vm) {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const job = await link.control().call('DOMAIN_GET_JOB_STATS', { dom, flags: 0 }, { timeoutMs: 10_000 })
  return job.type === JOB_NONE ? null : typedParametersToObject(job.params)
}

/** Asks the host once a second how far it is. Returns how to stop. */
function watchProgress(
  link: HostLink,
  vm: Vm,
  report: (fraction: number) => void,
  after: (delayMs: number, action: () => void) => () => void,
): () => void {
  let stopped = false
  let cancelTimer: () => void = () => undefined
  const ask = async () => {
    try {
      const job = await fetchJob(link, vm)
      const fraction = job === null ? null : decideJobProgress(job)
      if (fraction !== null && !stopped) report(fraction)
    } catch (error) {
      if (!isAppError(error)) throw error
    }
    if (!stopped) cancelTimer = after(PROGRESS_INTERVAL_MS, () => void ask())
  }
  cancelTimer = after(PROGRESS_INTERVAL_MS, () => void ask())
  return () => {
    stopped = true
    cancelTimer()
  }
}

/** How far a domain's job is, 0–1, by the statistics that libvirt gives of it; null when they do not tell. Pure. */
export function decideJobProgress(statistics: Readonly<Record<string, TypedParameterValue>>): number | null {
  for (const kind of ['data', 'memory', 'disk']) {
    const total = Number(statistics[`${kind}_total`] ?? 0)
    const remaining = Number(statistics[`${kind}_remaining`] ?? 0)
    if (total > 0) return Math.min(1, Math.max(0, 1 - remaining / total))
  }
  return null
}

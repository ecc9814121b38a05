import type { EventKind, Vm } from '../../../shared/domain/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { type DomainRecord, domainReference, isActiveState, type LibvirtConnection } from '../../hosts/index.ts'
import type { TransitionKind } from '../decide-status.ts'
import { inspectDomain, onVm, runDomainAction } from '../domain-action.ts'
import { planOnVm, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

type PowerCommand = 'vm.poweroff' | 'vm.reset' | 'vm.pause' | 'vm.resume' | 'vm.shutdown' | 'vm.reboot'

/** What each of the short calls on a running VM is about. */
interface PowerAction {
  readonly action: 'poweroff' | 'reset' | 'pause' | 'resume' | 'shutdown' | 'reboot'
  /** The events that the host sends for it, one of each at most. */
  readonly events: readonly EventKind[]
  /** The reason that they then give, where another one means that it was not ours. */
  readonly reason?: string
  readonly call: (
    control: LibvirtConnection,
    dom: ReturnType<typeof domainReference>,
    options: { readonly timeoutMs: number },
    vm: Vm,
  ) => Promise<unknown>
  /** Did it take effect, by what the host says now? Null: that cannot be seen. */
  readonly tookEffect: (record: DomainRecord) => boolean | null
  /** For what only asks the guest: the status until the guest has done it, and how long it is given. */
  readonly asksGuest?: { readonly status: TransitionKind; readonly withinMs: number }
}

const CALL_TIMEOUT_MS = 45_000
/** The call, and then asking an interrupted one's host what became of it. */
const STEP_TIMEOUT_MS = 120_000
const MINUTE_MS = 60_000
/** What a guest does within this time it does because it was asked: one that installs its updates first takes long. */
const LATE_ANSWER_MS = 30 * MINUTE_MS

const POWER_ACTIONS: Readonly<Record<PowerCommand, PowerAction>> = {
  // libvirt ends QEMU gently first, so that it flushes its disks, then by force.
  'vm.poweroff': {
    action: 'poweroff',
    events: ['vm.stopped'],
    call: (control, dom, options) => control.call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 }, options),
    tookEffect: (record) => !isActiveState(record.state),
  },
  'vm.reset': {
    action: 'reset',
    events: ['vm.rebooted'],
    call: (control, dom, options) => control.call('DOMAIN_RESET', { dom, flags: 0 }, options),
    tookEffect: () => null,
  },
  'vm.pause': {
    action: 'pause',
    events: ['vm.paused'],
    call: (control, dom, options) => control.call('DOMAIN_SUSPEND', { dom }, options),
    tookEffect: (record) => record.state === 'paused',
  },
  'vm.resume': {
    action: 'resume',
    // A guest that was asleep is reported as started anew.
    events: ['vm.resumed', 'vm.started'],
    call: (control, dom, options, vm) =>
      vm.statusReason === 'pm-suspended'
        ? control.call('DOMAIN_PM_WAKEUP', { dom, flags: 0 }, options)
        : control.call('DOMAIN_RESUME', { dom }, options),
    tookEffect: (record) => record.state === 'running',
  },
  // libvirt asks the agent where one is connected, and presses the power button otherwise.
  'vm.shutdown': {
    action: 'shutdown',
    events: ['vm.stopped'],
    reason: 'shutdown',
    call: (control, dom, options) => control.call('DOMAIN_SHUTDOWN_FLAGS', { dom, flags: 0 }, options),
    tookEffect: (record) => (isActiveState(record.state) ? null : true),
    asksGuest: { status: 'powering-down', withinMs: 5 * MINUTE_MS },
  },
  'vm.reboot': {
    action: 'reboot',
    events: ['vm.rebooted'],
    call: (control, dom, options) => control.call('DOMAIN_REBOOT', { dom, flags: 0 }, options),
    tookEffect: () => null,
    asksGuest: { status: 'reboot-in-progress', withinMs: 2 * MINUTE_MS },
  },
}

/** The commands that are one short call on a running VM and show as one event of its host. */
export function createPowerHandlers(dependencies: VmCommandDependencies) {
  const make = <N extends PowerCommand>(name: N) => createPowerHandler(dependencies, name, POWER_ACTIONS[name])
  return {
    'vm.poweroff': make('vm.poweroff'),
    'vm.reset': make('vm.reset'),
    'vm.pause': make('vm.pause'),
    'vm.resume': make('vm.resume'),
    'vm.shutdown': make('vm.shutdown'),
    'vm.reboot': make('vm.reboot'),
  }
}

function createPowerHandler<N extends PowerCommand>(
  { hosts, transitions, ownActions, audit }: VmCommandDependencies,
  name: N,
  { action, events, reason, call, tookEffect, asksGuest }: PowerAction,
): OperationHandler<PowerCommand> & { readonly name: N } {
  return {
    name,
    ...onVm(hosts, action),
    plan: (model, input) => planOnVm(model, input.vmId, [{ action: 'call', key: action }]),
    afterCrash: 'undo',
    steps: {
      call: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input, model, user, isRow, answered }) => {
          const vm = requireVm(model(), input.vmId)
          const link = hosts.get(vm.hostId)
          const ended = ownActions.expect(vm.id, {
            kinds: events,
            reason,
            user,
            command: name,
            // The command's own line says it all, unless that is about many; and what a guest does later gets a line of its own.
            silent: asksGuest === undefined && !isRow,
            withinMs: asksGuest === undefined ? CALL_TIMEOUT_MS : LATE_ANSWER_MS,
            onAnswer: asksGuest && answered,
          })
          const tellUnanswered = () => {
            const now = model().vms.get(vm.id)
            // One that cannot be asked may have done it.
            if (now === undefined || now.stale || asksGuest === undefined) return
            answered('unanswered')
            audit.record({
              kind: 'command.unanswered',
              severity: 'warning',
              subject: vmSubject(model(), input),
              user,
              command: name,
              params: { minutes: asksGuest.withinMs / MINUTE_MS },
            })
          }
          const endTransition =
            asksGuest && transitions.begin(vm.id, asksGuest.status, asksGuest.withinMs, tellUnanswered)
          const dom = domainReference({ name: vm.name, uuid: vm.id })
          try {
            await runDomainAction({
              vm,
              action,
              link,
              model,
              call: () => call(link.control(), dom, { timeoutMs: CALL_TIMEOUT_MS }, vm),
              tookEffect,
            })
          } catch (error) {
            endTransition?.()
            // Nobody was asked for anything: what the guest does from here on is not our doing.
            ended()
            throw error
          } finally {
            if (asksGuest === undefined) ended()
          }
          return null
        },
        inspect: ({ input, step }) =>
          inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, (record) => tookEffect(record)),
      },
    },
    output: () => ({}),
  }
}

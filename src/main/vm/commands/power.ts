import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { EventKind, Vm } from '../../../shared/domain/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { type DomainRecord, domainReference, isActiveState, type LibvirtConnection } from '../../hosts/index.ts'
import type { GuestRun } from '../decide-late-answer.ts'
import { inspectDomain, onVm, runDomainAction } from '../domain-action.ts'
import { type GuestRequest, runOf } from '../guest-requests.ts'
import { planOnVm, requireVm } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

type PowerCommand = 'vm.poweroff' | 'vm.reset' | 'vm.nmi' | 'vm.pause' | 'vm.resume' | 'vm.shutdown' | 'vm.reboot'

/** What each of the short calls on a running VM is about. */
interface PowerAction {
  readonly action: 'poweroff' | 'reset' | 'nmi' | 'pause' | 'resume' | 'shutdown' | 'reboot'
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
  /** For what only asks the guest. */
  readonly asksGuest?: Pick<GuestRequest, 'status' | 'goesDown'> & {
    readonly withinMs: (input: ParsedInput<PowerCommand>) => number
  }
}

const CALL_TIMEOUT_MS = 45_000
/** The call, and then asking an interrupted one's host what became of it. */
const STEP_TIMEOUT_MS = 120_000
const MINUTE_MS = 60_000

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
  // What the guest makes of it, nobody is told.
  'vm.nmi': {
    action: 'nmi',
    events: [],
    call: (control, dom, options) => control.call('DOMAIN_INJECT_NMI', { dom, flags: 0 }, options),
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
    asksGuest: {
      status: 'powering-down',
      withinMs: (input) => ('waitMinutes' in input ? input.waitMinutes : 5) * MINUTE_MS,
      goesDown: true,
    },
  },
  'vm.reboot': {
    action: 'reboot',
    events: ['vm.rebooted'],
    call: (control, dom, options) => control.call('DOMAIN_REBOOT', { dom, flags: 0 }, options),
    tookEffect: () => null,
    asksGuest: { status: 'reboot-in-progress', withinMs: () => 2 * MINUTE_MS, goesDown: false },
  },
}

/** The commands that are one short call on a running VM and show as one event of its host. */
export function createPowerHandlers(dependencies: VmCommandDependencies) {
  const make = <N extends PowerCommand>(name: N) => createPowerHandler(dependencies, name, POWER_ACTIONS[name])
  return {
    'vm.poweroff': make('vm.poweroff'),
    'vm.reset': make('vm.reset'),
    'vm.nmi': make('vm.nmi'),
    'vm.pause': make('vm.pause'),
    'vm.resume': make('vm.resume'),
    'vm.shutdown': make('vm.shutdown'),
    'vm.reboot': make('vm.reboot'),
  }
}

function createPowerHandler<N extends PowerCommand>(
  { hosts, ownActions, guestRequests, clock }: VmCommandDependencies,
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
          const askedRun = asksGuest === undefined ? null : runOf(link.id, link.domains.get(vm.id))
          const takeBack =
            asksGuest === undefined
              ? // The command's own line says it all, unless that is about many.
                ownActions.expect(vm.id, {
                  kinds: events,
                  reason,
                  user,
                  command: name,
                  silent: !isRow,
                  withinMs: CALL_TIMEOUT_MS,
                })
              : guestRequests.begin({
                  ...asksGuest,
                  withinMs: asksGuest.withinMs(input),
                  vmId: vm.id,
                  user,
                  command: name,
                  events,
                  reason,
                  askedRun,
                  model,
                  answered,
                })
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
            takeBack()
            throw error
          }
          if (asksGuest === undefined) takeBack()
          return askedRun
        },
        inspect: ({ input, step }) =>
          inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, (record) => tookEffect(record)),
      },
    },
    ...(asksGuest === undefined
      ? {}
      : {
          awaitAnswer: ({ input, user, model, results, askedAt, answer, answered }) =>
            guestRequests.resume(
              {
                ...asksGuest,
                withinMs: asksGuest.withinMs(input),
                vmId: input.vmId,
                user,
                command: name,
                events,
                reason,
                askedRun: (results.call ?? null) as GuestRun | null,
                model,
                answered,
              },
              Math.max(0, clock.now() - askedAt),
              answer,
            ),
        }),
    output: () => ({}),
  }
}

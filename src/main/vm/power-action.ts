import type { EventKind, Vm } from '../../shared/domain/index.ts'
import type { CommandHandler } from '../engine/index.ts'
import { type DomainRecord, domainReference, type LibvirtConnection } from '../hosts/index.ts'
import type { VmCommandDependencies } from './commands/dependencies.ts'
import type { TransitionKind } from './decide-status.ts'
import { runDomainAction } from './domain-action.ts'
import { decideAction, requireVm, vmSubject } from './rules.ts'

type PowerCommand = 'vm.poweroff' | 'vm.reset' | 'vm.pause' | 'vm.resume' | 'vm.shutdown' | 'vm.reboot'

/** What each of the short calls on a running VM is about; `createPowerAction` has what they share. */
export interface PowerAction<N extends PowerCommand> {
  readonly name: N
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

/** Makes a handler of a short call on the control connection whose effect is one event of the host. */
export function createPowerAction<N extends PowerCommand>(
  { hosts, transitions, ownActions }: VmCommandDependencies,
  { name, action, events, reason, call, tookEffect, asksGuest }: PowerAction<N>,
): CommandHandler<PowerCommand> & { readonly name: N } {
  return {
    name,
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, action),
    execute: async ({ input, model, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      const ended = ownActions.expect(vm.id, {
        kinds: events,
        reason,
        user: identity.user,
        command: name,
        // What the guest does later gets a line of its own, with the name of who asked for it.
        silent: asksGuest === undefined,
        withinMs: asksGuest?.withinMs ?? CALL_TIMEOUT_MS,
      })
      const endTransition = asksGuest && transitions.begin(vm.id, asksGuest.status, asksGuest.withinMs)
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
        return {}
      } catch (error) {
        endTransition?.()
        // Nobody was asked for anything: what the guest does from here on is not our doing.
        ended()
        throw error
      } finally {
        if (asksGuest === undefined) ended()
      }
    },
  }
}

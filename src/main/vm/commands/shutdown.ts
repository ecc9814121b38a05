import type { CommandHandler } from '../../engine/index.ts'
import { domainReference, isActiveState } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** How long a VM counts as powering down when its guest does nothing about it. */
const POWERING_DOWN_MS = 5 * 60_000
const CALL_TIMEOUT_MS = 45_000

/** Asks the guest to shut down. libvirt asks the agent where one is connected, and presses the power button otherwise. */
export function createShutdown({
  hosts,
  transitions,
  ownActions,
}: VmCommandDependencies): CommandHandler<'vm.shutdown'> {
  return {
    name: 'vm.shutdown',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'shutdown'),
    execute: async ({ input, model, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      ownActions.expect(vm.id, {
        kinds: ['vm.stopped'],
        user: identity.user,
        command: 'vm.shutdown',
        silent: false,
        withinMs: POWERING_DOWN_MS,
      })
      const endTransition = transitions.begin(vm.id, 'powering-down', POWERING_DOWN_MS)
      try {
        const dom = domainReference({ name: vm.name, uuid: vm.id })
        await runDomainAction({
          vm,
          action: 'shutdown',
          link,
          model,
          call: () => link.control().call('DOMAIN_SHUTDOWN_FLAGS', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS }),
          tookEffect: (record) => (isActiveState(record.state) ? null : true),
        })
        return {}
      } catch (error) {
        endTransition()
        throw error
      }
    },
  }
}

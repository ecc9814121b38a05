import type { CommandHandler } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** How long a VM counts as rebooting when its guest does nothing about it. */
const REBOOTING_MS = 2 * 60_000
const CALL_TIMEOUT_MS = 45_000

/** Asks the guest to reboot. libvirt asks the agent where one is connected, and ACPI otherwise. */
export function createReboot({ hosts, transitions, ownActions }: VmCommandDependencies): CommandHandler<'vm.reboot'> {
  return {
    name: 'vm.reboot',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'reboot'),
    execute: async ({ input, model, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      ownActions.expect(vm.id, {
        kinds: ['vm.rebooted'],
        user: identity.user,
        command: 'vm.reboot',
        silent: false,
        withinMs: REBOOTING_MS,
      })
      const endTransition = transitions.begin(vm.id, 'reboot-in-progress', REBOOTING_MS)
      try {
        const dom = domainReference({ name: vm.name, uuid: vm.id })
        await runDomainAction({
          vm,
          action: 'reboot',
          link,
          model,
          call: () => link.control().call('DOMAIN_REBOOT', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS }),
          tookEffect: () => null,
        })
        return {}
      } catch (error) {
        endTransition()
        throw error
      }
    },
  }
}

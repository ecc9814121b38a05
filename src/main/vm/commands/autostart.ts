import type { CommandHandler } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 30_000

/** Sets whether a VM's host starts it when the host boots. libvirt has no event for this: the VM is read again at once. */
export function createAutostart({ hosts }: VmCommandDependencies): CommandHandler<'vm.autostart'> {
  return {
    name: 'vm.autostart',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'autostart'),
    auditParams: ({ enabled }) => ({ enabled }),
    execute: async ({ input, model }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      const dom = domainReference({ name: vm.name, uuid: vm.id })
      const autostart = input.enabled ? 1 : 0
      await runDomainAction({
        vm,
        action: 'autostart',
        link,
        model,
        call: () => link.control().call('DOMAIN_SET_AUTOSTART', { dom, autostart }, { timeoutMs: CALL_TIMEOUT_MS }),
        tookEffect: (record) => record.autostart === input.enabled,
      })
      return {}
    },
  }
}

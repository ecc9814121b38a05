import type { CommandHandler } from '../../engine/index.ts'
import { domainReference, isActiveState } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 45_000

/** Cuts a VM's power. libvirt ends QEMU gently first, so that it flushes its disks, then by force. */
export function createPoweroff({ hosts, ownActions }: VmCommandDependencies): CommandHandler<'vm.poweroff'> {
  return {
    name: 'vm.poweroff',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'poweroff'),
    execute: async ({ input, model, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      const ended = ownActions.expect(vm.id, {
        kinds: ['vm.stopped'],
        user: identity.user,
        command: 'vm.poweroff',
        silent: true,
        withinMs: CALL_TIMEOUT_MS,
      })
      try {
        const dom = domainReference({ name: vm.name, uuid: vm.id })
        await runDomainAction({
          vm,
          action: 'poweroff',
          link,
          model,
          call: () => link.control().call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS }),
          tookEffect: (record) => !isActiveState(record.state),
        })
        return {}
      } finally {
        ended()
      }
    },
  }
}

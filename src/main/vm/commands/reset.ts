import type { CommandHandler } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 45_000

/** Resets a VM at once, as its reset button would. */
export function createReset({ hosts, ownActions }: VmCommandDependencies): CommandHandler<'vm.reset'> {
  return {
    name: 'vm.reset',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'reset'),
    execute: async ({ input, model, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      const ended = ownActions.expect(vm.id, {
        kinds: ['vm.rebooted'],
        user: identity.user,
        command: 'vm.reset',
        silent: true,
        withinMs: CALL_TIMEOUT_MS,
      })
      try {
        const dom = domainReference({ name: vm.name, uuid: vm.id })
        await runDomainAction({
          vm,
          action: 'reset',
          link,
          model,
          call: () => link.control().call('DOMAIN_RESET', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS }),
          tookEffect: () => null,
        })
        return {}
      } finally {
        ended()
      }
    },
  }
}

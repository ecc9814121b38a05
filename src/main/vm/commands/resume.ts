import type { CommandHandler } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 45_000

/** Lets a paused VM run on, and wakes one that its guest has put to sleep. */
export function createResume({ hosts, ownActions }: VmCommandDependencies): CommandHandler<'vm.resume'> {
  return {
    name: 'vm.resume',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'resume'),
    execute: async ({ input, model, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      const ended = ownActions.expect(vm.id, {
        kinds: ['vm.resumed'],
        user: identity.user,
        command: 'vm.resume',
        silent: true,
        withinMs: CALL_TIMEOUT_MS,
      })
      try {
        const dom = domainReference({ name: vm.name, uuid: vm.id })
        await runDomainAction({
          vm,
          action: 'resume',
          link,
          model,
          call: () =>
            vm.statusReason === 'pm-suspended'
              ? link.control().call('DOMAIN_PM_WAKEUP', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS })
              : link.control().call('DOMAIN_RESUME', { dom }, { timeoutMs: CALL_TIMEOUT_MS }),
          tookEffect: (record) => record.state === 'running',
        })
        return {}
      } finally {
        ended()
      }
    },
  }
}

import type { CommandHandler } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 45_000

/** Stops a VM's vCPUs; its memory stays on the host. */
export function createPause({ hosts, ownActions }: VmCommandDependencies): CommandHandler<'vm.pause'> {
  return {
    name: 'vm.pause',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'pause'),
    execute: async ({ input, model, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      const ended = ownActions.expect(vm.id, {
        kinds: ['vm.paused'],
        user: identity.user,
        command: 'vm.pause',
        silent: true,
        withinMs: CALL_TIMEOUT_MS,
      })
      try {
        const dom = domainReference({ name: vm.name, uuid: vm.id })
        await runDomainAction({
          vm,
          action: 'pause',
          link,
          model,
          call: () => link.control().call('DOMAIN_SUSPEND', { dom }, { timeoutMs: CALL_TIMEOUT_MS }),
          tookEffect: (record) => record.state === 'paused',
        })
        return {}
      } finally {
        ended()
      }
    },
  }
}

import type { OperationHandler } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { inspectDomain, onVm, runDomainAction } from '../domain-action.ts'
import { planOnVm, requireVm } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 30_000

/** Sets whether a VM's host starts it when the host boots. libvirt has no event for this: the VM is read again at once. */
export function createAutostart({ hosts }: VmCommandDependencies): OperationHandler<'vm.autostart'> {
  return {
    name: 'vm.autostart',
    ...onVm(hosts, 'autostart'),
    auditParams: ({ enabled }) => ({ enabled }),
    plan: (model, input) => planOnVm(model, input.vmId, [{ action: 'set', key: 'autostart' }]),
    afterCrash: 'undo',
    steps: {
      set: {
        run: async ({ input, model }) => {
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
          return null
        },
        inspect: ({ input, step }) =>
          inspectDomain(
            hosts,
            { hostId: step.hostId, vmId: input.vmId },
            (record) => record.autostart === input.enabled,
          ),
      },
    },
    output: () => ({}),
  }
}

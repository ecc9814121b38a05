import { parseKeys } from '../../../shared/domain/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { onVm, runDomainAction } from '../domain-action.ts'
import { planOnVm, requireVm } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** `VIR_KEYCODE_SET_LINUX`. */
const LINUX_CODES = 0
/** Beside the time that the keys are held. */
const CALL_TIMEOUT_MS = 45_000

/** Presses keys of a machine together, on the keyboard that QEMU gives it: no console needs to be open. */
export function createSendKeys({ hosts }: VmCommandDependencies): OperationHandler<'vm.send-keys'> {
  return {
    name: 'vm.send-keys',
    ...onVm(hosts, 'send-keys'),
    auditParams: ({ keys }) => ({ keys }),
    plan: (model, input) => planOnVm(model, input.vmId, [{ action: 'call', key: 'send-keys' }]),
    afterCrash: 'undo',
    steps: {
      call: {
        run: async ({ input, model }) => {
          const vm = requireVm(model(), input.vmId)
          const link = hosts.get(vm.hostId)
          const { holdMs } = input
          const dom = domainReference({ name: vm.name, uuid: vm.id })
          const keycodes = [...(parseKeys(input.keys) ?? [])]
          const call = { dom, codeset: LINUX_CODES, holdtime: holdMs, keycodes, flags: 0 }
          await runDomainAction({
            vm,
            action: 'send-keys',
            link,
            model,
            call: () => link.control().call('DOMAIN_SEND_KEY', call, { timeoutMs: CALL_TIMEOUT_MS + holdMs }),
            tookEffect: () => null,
          })
          return null
        },
        inspect: async () => 'unknowable',
      },
    },
    output: () => ({}),
  }
}

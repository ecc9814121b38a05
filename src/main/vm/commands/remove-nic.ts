import type { OperationHandler } from '../../engine/index.ts'
import { onVm } from '../domain-action.ts'
import { deviceText, withoutDevice } from '../edit/change-devices.ts'
import { decideNicThere } from '../edit/decide-nic.ts'
import { markNic } from '../edit/nic-profiles.ts'
import { decideAction } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, markCalls, planDeviceChange, waitingOf } from './device-change.ts'

/** Takes a network card from a VM. */
export function createRemoveNic(dependencies: VmEditDependencies): OperationHandler<'vm.remove-nic'> {
  return {
    name: 'vm.remove-nic',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, { vmId, macAddress }) =>
      decideAction(model, vmId, 'edit') ?? decideNicThere(model, vmId, macAddress),
    auditParams: ({ macAddress }) => ({ macAddress }),
    plan: (model, { vmId }) => planDeviceChange(model, vmId, { define: 'removing-nic', plug: 'unplugging-nic' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.remove-nic', ({ input: { macAddress } }) => ({
      change: (xml) => markNic(withoutDevice(xml, { macAddress }), macAddress, null),
      calls: (running) => {
        const device = deviceText(running, { macAddress })
        return device === null ? [] : [{ kind: 'detach', device }, ...markCalls(running, macAddress, null)]
      },
    })),
    output: ({ results }) => waitingOf(results),
  }
}

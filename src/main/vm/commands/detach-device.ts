import type { OperationHandler } from '../../engine/index.ts'
import { onVm } from '../domain-action.ts'
import { withoutMemoryModule } from '../edit/memory-modules.ts'
import { plugDeviceText, readPlugDevices, withoutPlugDevice } from '../edit/plug-devices.ts'
import { decideAction } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, refuseWithout, waitingOf } from './device-change.ts'

/** Takes a device from a VM; what is of its host goes back to it. */
export function createDetachDevice(dependencies: VmEditDependencies): OperationHandler<'vm.detach-device'> {
  return {
    name: 'vm.detach-device',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, { vmId }) => decideAction(model, vmId, 'edit'),
    admit: (_identity, { vmId, device }, model) => refuseWithout(dependencies, model, vmId, device),
    auditParams: ({ device }) => ({ device }),
    plan: (model, { vmId }) => planDeviceChange(model, vmId, { define: 'detaching-device', plug: 'unplugging-device' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.detach-device', ({ input: { device: id } }) => ({
      change: (xml) => {
        const isMemory = readPlugDevices(xml).find((each) => each.id === id)?.kind === 'memory'
        return isMemory ? withoutMemoryModule(xml, id) : withoutPlugDevice(xml, id)
      },
      calls: (running) => {
        const device = plugDeviceText(running, id)
        return device === null ? [] : [{ kind: 'detach', device }]
      },
    })),
    output: ({ results }) => waitingOf(results),
  }
}

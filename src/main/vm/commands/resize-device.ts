import type { OperationHandler } from '../../engine/index.ts'
import { onVm } from '../domain-action.ts'
import { requestedIn, withRequested } from '../edit/memory-modules.ts'
import { plugDeviceText } from '../edit/plug-devices.ts'
import { decideAction } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, refuseWithout, waitingOf } from './device-change.ts'

/** Says how much of a virtio-mem a guest is given. It takes and gives back as it likes; what libvirt is told is what it may have. */
export function createResizeDevice(dependencies: VmEditDependencies): OperationHandler<'vm.resize-device'> {
  return {
    name: 'vm.resize-device',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, { vmId }) => decideAction(model, vmId, 'edit'),
    admit: (_identity, { vmId, device, requestedMiB }, model) =>
      refuseWithout(dependencies, model, vmId, device, requestedMiB),
    auditParams: ({ device, requestedMiB }) => ({ device, requestedMiB }),
    plan: (model, { vmId }) =>
      planDeviceChange(model, vmId, { define: 'resizing-device', plug: 'resizing-device-now' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.resize-device', ({ input: { device: id, requestedMiB } }) => ({
      change: (xml) => withRequested(xml, id, requestedMiB),
      calls: (running) => {
        const before = plugDeviceText(running, id)
        if (before === null) return []
        const device = requestedIn(before, requestedMiB)
        return device === before ? [] : [{ kind: 'update', device }]
      },
    })),
    output: ({ results }) => waitingOf(results),
  }
}

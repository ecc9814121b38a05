import type { OperationHandler } from '../../engine/index.ts'
import { onVm } from '../domain-action.ts'
import { deviceText, withoutDevice } from '../edit/change-devices.ts'
import { decideDiskThere } from '../edit/decide-disk-there.ts'
import { decideAction, decideWithoutSnapshots } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, waitingOf } from './device-change.ts'

/** Takes a disk from a VM. The disk itself stays. */
export function createDetachDisk(dependencies: VmEditDependencies): OperationHandler<'vm.detach-disk'> {
  return {
    name: 'vm.detach-disk',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, { vmId, target }) =>
      decideAction(model, vmId, 'edit') ??
      decideDiskThere(model, vmId, target) ??
      decideWithoutSnapshots(model, vmId, 'vm.detach-disk'),
    auditParams: ({ target }) => ({ target }),
    plan: (model, { vmId }) => planDeviceChange(model, vmId, { define: 'detaching-disk', plug: 'unplugging-disk' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.detach-disk', ({ input: { target } }) => ({
      change: (xml) => withoutDevice(xml, { target }),
      calls: (running) => {
        const device = deviceText(running, { target })
        return device === null ? [] : [{ kind: 'detach', device }]
      },
    })),
    output: ({ results }) => waitingOf(results),
  }
}

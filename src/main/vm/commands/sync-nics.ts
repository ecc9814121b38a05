import type { OperationHandler } from '../../engine/index.ts'
import { readNicProfiles } from '../../xml/index.ts'
import { onVm } from '../domain-action.ts'
import { changeNic, deviceText } from '../edit/change-devices.ts'
import { markNic, nicsBehind, rulesOf, takeUpProfiles } from '../edit/nic-profiles.ts'
import { decideAction } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, type LiveCall, planDeviceChange, waitingOf } from './device-change.ts'

/** Makes the network cards of a VM what their vNIC profiles say now. */
export function createSyncNics(dependencies: VmEditDependencies): OperationHandler<'vm.sync-nics'> {
  return {
    name: 'vm.sync-nics',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, { vmId }) => decideAction(model, vmId, 'edit'),
    plan: (model, { vmId }) => planDeviceChange(model, vmId, { define: 'syncing-nics', plug: 'syncing-nics-now' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.sync-nics', ({ model }) => ({
      change: (xml) => takeUpProfiles(xml, model()),
      calls: (running) => {
        const behind = nicsBehind(running, model())
        if (behind.length === 0) return []
        const updates = behind.flatMap(({ macAddress, profile }): LiveCall[] => {
          const before = deviceText(running, { macAddress })
          const device = before === null ? null : changeNic(before, macAddress, rulesOf(profile))
          return device === null || device === before ? [] : [{ kind: 'update', device }]
        })
        const marked = behind.reduce((xml, { macAddress, profile }) => markNic(xml, macAddress, profile), running)
        return [...updates, { kind: 'mark', marks: readNicProfiles(marked) }]
      },
    })),
    output: ({ results }) => waitingOf(results),
  }
}

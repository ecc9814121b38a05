import type { ParsedInput } from '../../../shared/contract/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { decideRules } from '../create/decide-attachments.ts'
import { onVm } from '../domain-action.ts'
import { changeNic, deviceText } from '../edit/change-devices.ts'
import { decideNicSource, decideNicThere } from '../edit/decide-nic.ts'
import { decideAction } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, waitingOf } from './device-change.ts'

/** Plugs a network card into another network, or its cable in or out. */
export function createEditNic(dependencies: VmEditDependencies): OperationHandler<'vm.edit-nic'> {
  const { abilities } = dependencies
  const changeOf = (model: ModelSnapshot, { vmId, network, linkUp, qos, filter }: ParsedInput<'vm.edit-nic'>) => {
    const source = network === undefined ? undefined : decideNicSource(model, vmId, network, abilities)
    if (source instanceof AppError) return source
    const rules = network === undefined ? null : decideRules(model, network)
    return { source, linkUp, qos: qos ?? rules?.qos, filter: filter === undefined ? rules?.filter : filter }
  }
  return {
    name: 'vm.edit-nic',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, input) => {
      const refusal = decideAction(model, input.vmId, 'edit') ?? decideNicThere(model, input.vmId, input.macAddress)
      if (refusal !== null) return refusal
      const change = changeOf(model, input)
      return change instanceof AppError ? change : null
    },
    auditParams: ({ macAddress, linkUp }) => ({ macAddress, ...(linkUp === undefined ? {} : { linkUp }) }),
    plan: (model, { vmId }) => planDeviceChange(model, vmId, { define: 'changing-nic', plug: 'replugging-nic' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.edit-nic', ({ input, model }) => {
      const { macAddress } = input
      const change = changeOf(model(), input)
      if (change instanceof AppError) throw change
      return {
        change: (xml) => changeNic(xml, macAddress, change),
        call: (running) => {
          const before = deviceText(running, { macAddress })
          if (before === null) return null
          const device = changeNic(before, macAddress, change)
          return device === before ? null : { kind: 'update', device }
        },
      }
    }),
    output: ({ results }) => waitingOf(results),
  }
}

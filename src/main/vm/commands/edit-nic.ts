import type { ParsedInput } from '../../../shared/contract/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { decideRules } from '../create/decide-attachments.ts'
import { onVm } from '../domain-action.ts'
import { changeNic, deviceText } from '../edit/change-devices.ts'
import { decideNicSource, decideNicThere } from '../edit/decide-nic.ts'
import { markNic } from '../edit/nic-profiles.ts'
import { decideAction, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, markCalls, planDeviceChange, waitingOf } from './device-change.ts'

const NO_RULES = { filter: null, qos: { inbound: null, outbound: null } }

/** Plugs a network card into another network, or its cable in or out. */
export function createEditNic(dependencies: VmEditDependencies): OperationHandler<'vm.edit-nic'> {
  const { abilities } = dependencies
  const changeOf = (
    model: ModelSnapshot,
    { vmId, macAddress, network, linkUp, qos, filter }: ParsedInput<'vm.edit-nic'>,
  ) => {
    const source = network === undefined ? undefined : decideNicSource(model, vmId, network, abilities)
    if (source instanceof AppError) return source
    const card = requireVm(model, vmId).nics.find((nic) => nic.macAddress.toLowerCase() === macAddress)
    const rules = network === undefined ? undefined : decideRules(model, network)
    // What a profile asked of it goes with the profile.
    const asked = rules === null && card?.vnicProfile !== undefined ? NO_RULES : rules
    return {
      source,
      linkUp,
      qos: qos ?? asked?.qos,
      filter: filter === undefined ? asked?.filter : filter,
      profile: rules === null ? null : rules?.profile,
    }
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
      const { profile } = change
      return {
        change: (xml) => {
          const changed = changeNic(xml, macAddress, change)
          return profile === undefined ? changed : markNic(changed, macAddress, profile)
        },
        calls: (running) => {
          const before = deviceText(running, { macAddress })
          if (before === null) return []
          const device = changeNic(before, macAddress, change)
          return [
            ...(device === before ? [] : [{ kind: 'update', device } as const]),
            ...(profile === undefined ? [] : markCalls(running, macAddress, profile)),
          ]
        },
      }
    }),
    output: ({ results }) => waitingOf(results),
  }
}

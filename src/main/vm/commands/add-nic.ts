import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type ModelSnapshot, type OperationHandler } from '../../engine/index.ts'
import { renderPart, type XmlPart } from '../../xml/index.ts'
import { decideRules } from '../create/decide-attachments.ts'
import { decideMacs } from '../create/decide-macs.ts'
import { nicElement } from '../definition/index.ts'
import { onVm } from '../domain-action.ts'
import { deviceText, withDevice } from '../edit/change-devices.ts'
import { decideNicSource } from '../edit/decide-nic.ts'
import { markNic } from '../edit/nic-profiles.ts'
import { decideAction, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, markCalls, planDeviceChange, waitingOf } from './device-change.ts'

type AddInput = ParsedInput<'vm.add-nic'>

const cardSchema = z.object({ macAddress: z.string() })

/** Gives a VM one more network card. */
export function createAddNic(dependencies: VmEditDependencies): OperationHandler<'vm.add-nic'> {
  const { abilities } = dependencies
  return {
    name: 'vm.add-nic',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, input) => {
      const refusal = decideAction(model, input.vmId, 'edit')
      if (refusal !== null) return refusal
      const source = decideNicSource(model, input.vmId, input.nic, abilities)
      if (source instanceof AppError) return source
      const macAddress = decideMac(model, input)
      return macAddress instanceof AppError ? macAddress : null
    },
    plan: (model, input) => {
      const macAddress = decideMac(model, input)
      if (macAddress instanceof AppError) throw macAddress
      const draft = planDeviceChange(model, input.vmId, { define: 'adding-nic', plug: 'plugging-nic' })
      return {
        ...draft,
        locks: [...draft.locks, exclusive(`mac:${macAddress}`)],
        // The same address wherever it is needed, also by another engine.
        steps: draft.steps.map((step) => ({ ...step, data: { macAddress } })),
      }
    },
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.add-nic', ({ input, model, step }) => {
      const { macAddress } = cardSchema.parse(step.data)
      const source = decideNicSource(model(), input.vmId, input.nic, abilities)
      if (source instanceof AppError) throw source
      const { nics } = requireVm(model(), input.vmId)
      const modelName = input.nic.model ?? nics.find(({ model: known }) => known !== null)?.model ?? 'virtio'
      const rules = decideRules(model(), input.nic)
      const part: XmlPart = nicElement({ source, rules, macAddress, model: modelName, linkUp: input.nic.linkUp }, null)
      const has = (xml: string) => deviceText(xml, { macAddress }) !== null
      return {
        change: (xml) => (has(xml) ? xml : markNic(withDevice(xml, part), macAddress, rules?.profile ?? null)),
        calls: (running) => [
          ...(has(running) ? [] : [{ kind: 'attach', device: renderPart(part) } as const]),
          ...markCalls(running, macAddress, rules?.profile ?? null),
        ],
      }
    }),
    output: ({ results }) => waitingOf(results),
  }
}

/** The one that is asked for, or the next free one of its cluster. */
function decideMac(model: ModelSnapshot, { vmId, nic }: AddInput): string | AppError {
  const { name, clusterId, nics } = requireVm(model, vmId)
  const cluster = model.clusters.get(clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
  // Its own cards have theirs already.
  const own = nics.map(({ macAddress }) => macAddress.toLowerCase())
  if (nic.macAddress !== undefined && own.includes(nic.macAddress)) {
    return new AppError('vm.mac-taken', { macAddress: nic.macAddress, otherName: name })
  }
  const wanted = [...own, nic.macAddress]
  const macs = decideMacs(model, cluster, { vmId, name, wanted })
  return macs instanceof AppError ? macs : (macs.at(-1) ?? '')
}

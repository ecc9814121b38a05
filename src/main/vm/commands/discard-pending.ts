import { decideLineDiff } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { withoutSecrets } from '../../xml/index.ts'
import { liveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import { onVm } from '../domain-action.ts'
import { putBack } from '../edit/put-back.ts'
import { planOnVm, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'

type DiscardContext = StepContext<'vm.discard-pending'>

/** Puts back in a running VM's stored definition what is another one than as it runs. */
export function createDiscardPending(dependencies: VmEditDependencies): OperationHandler<'vm.discard-pending'> {
  const { hosts, definitions, writeDefinition } = dependencies
  const decide = async ({ input, model }: Pick<DiscardContext, 'input' | 'model'>) => {
    const vm = requireVm(model(), input.vmId)
    const link = hosts.get(vm.hostId)
    const [{ xml: stored }, live] = [await definitions.read(link, vm), await liveXmlOf(link, vm)]
    return { vm, link, stored, ...withXmlErrors(vm, () => putBack(stored, live)) }
  }
  return {
    name: 'vm.discard-pending',
    ...onVm(hosts, 'discard-pending'),
    plan: (model, input) => planOnVm(model, input.vmId, [{ action: 'define', key: 'discarding-pending' }]),
    afterCrash: 'finish',
    steps: {
      define: {
        run: async (context) => {
          const { vm, link, stored, xml, stays } = await decide(context)
          const { name } = vm
          if (stays.length > 0)
            throw new AppError('vm.pending-stays', { name, what: stays.join(', ') }, { subject: name })
          if (xml === stored) return null
          await writeDefinition(context, 'vm.discard-pending', { vm, link, xml })
          return { diff: decideLineDiff(withoutSecrets(stored), withoutSecrets(xml)) }
        },
        inspect: async (context) => {
          const { xml, stored } = await decide(context)
          return xml === stored ? 'done' : 'absent'
        },
      },
    },
    output: () => ({}),
  }
}

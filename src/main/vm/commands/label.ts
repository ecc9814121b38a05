import { z } from 'zod'
import { areSameLabels, changeLabels, TAGS_LIMIT, type Vm, type VmLabels } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { domainReference } from '../../hosts/index.ts'
import { buildLabels, LABELS_NAMESPACE, LABELS_PREFIX } from '../../xml/index.ts'
import { inspectDomain, onVm, runDomainAction } from '../domain-action.ts'
import { decideAction, planOnVm, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'

/** `VIR_DOMAIN_METADATA_ELEMENT`. */
const ELEMENT = 2
/** `virDomainModificationImpact`. */
const LIVE = 1
const CONFIG = 2
const CALL_TIMEOUT_MS = 30_000

const labelsSchema = z.object({ tags: z.array(z.string()), folder: z.string().nullable() })

/** Sets tags and the folder of a VM, in its definition and in the run where there is one. */
export function createLabel({ hosts, changeOwn, expectChange }: VmEditDependencies): OperationHandler<'vm.label'> {
  const write = async (context: StepContext<'vm.label'>, labels: VmLabels) => {
    const vm = requireVm(context.model(), context.input.vmId)
    const link = hosts.get(vm.hostId)
    const request = {
      dom: domainReference({ name: vm.name, uuid: vm.id }),
      type: ELEMENT,
      metadata: buildLabels(labels),
      key: LABELS_PREFIX,
      uri: LABELS_NAMESPACE,
      flags: isRunning(vm) ? LIVE | CONFIG : CONFIG,
    }
    const ended = expectChange(context, 'vm.label')
    try {
      await changeOwn(vm, () =>
        runDomainAction({
          vm,
          action: 'label',
          link,
          model: context.model,
          call: () => link.control().call('DOMAIN_SET_METADATA', request, { timeoutMs: CALL_TIMEOUT_MS }),
          tookEffect: ({ definition }) => areSameLabels(definition, labels),
        }),
      )
    } finally {
      ended()
    }
  }
  return {
    name: 'vm.label',
    ...onVm(hosts, 'label'),
    validate: (model, input) => {
      const refusal = decideAction(model, input.vmId, 'label')
      const vm = model.vms.get(input.vmId)
      if (refusal !== null || vm === undefined || changeLabels(vm, input).tags.length <= TAGS_LIMIT) return refusal
      return new AppError('vm.too-many-tags', { name: vm.name, limit: TAGS_LIMIT }, { subject: vm.name })
    },
    auditParams: ({ add, remove, folder }) => ({
      add: add.join(', '),
      remove: remove.join(', '),
      ...(folder === undefined ? {} : { folder: folder ?? '' }),
    }),
    plan: (model, input) => planOnVm(model, input.vmId, [{ action: 'set', key: 'labelling' }]),
    afterCrash: 'finish',
    steps: {
      set: {
        run: async (context) => {
          const { tags, folder } = requireVm(context.model(), context.input.vmId)
          const wanted = changeLabels({ tags, folder }, context.input)
          if (!areSameLabels({ tags, folder }, wanted)) await write(context, wanted)
          return { tags: [...tags], folder }
        },
        undo: (context) => write(context, labelsSchema.parse(context.results.set)),
        inspect: ({ input, step }) =>
          inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, ({ definition }) =>
            areSameLabels(definition, changeLabels(definition, input)),
          ),
      },
    },
    output: () => ({}),
  }
}

function isRunning({ status }: Vm): boolean {
  return status !== 'down' && status !== 'suspended'
}

import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler, StepContext } from '../../engine/index.ts'
import { refreshEverywhere } from '../../hosts/index.ts'
import { parseDomain, XmlError } from '../../xml/index.ts'
import { onVm } from '../domain-action.ts'
import { restoreSecrets } from '../edit/restore-secrets.ts'
import { decideAction, hostName, planOnVm, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'

type EditXmlInput = ParsedInput<'vm.edit-xml'>

/** Puts a definition that a person has written in the place of the stored one. The host's libvirt checks it against its schema. */
export function createEditXml(dependencies: VmEditDependencies): OperationHandler<'vm.edit-xml'> {
  const { hosts, definitions, writeDefinition } = dependencies
  const read = async (model: ModelSnapshot, { vmId }: EditXmlInput) => {
    const vm = model.vms.get(vmId)
    const link = vm === undefined ? null : hosts.find(vm.hostId)
    if (vm?.persistent === true && link?.isLive === true) await definitions.read(link, vm)
  }
  const linkOf = ({ input, model }: StepContext<'vm.edit-xml'>) => {
    const vm = requireVm(model(), input.vmId)
    return { vm, link: hosts.get(vm.hostId) }
  }
  return {
    name: 'vm.edit-xml',
    ...onVm(hosts, 'edit'),
    admit: async (_identity, input, model) => {
      await read(model, input)
      return null
    },
    refresh: async ({ input, model }) => {
      await refreshEverywhere(hosts.list(), input.vmId)
      await read(model(), input)
    },
    validate: (model, input) => {
      const refusal = decideAction(model, input.vmId, 'edit')
      if (refusal !== null) return refusal
      const vm = requireVm(model, input.vmId)
      return decideWritten(vm, input.xml) ?? definitions.conflictOf(vm, input.revision, hostName(model, vm.hostId))
    },
    plan: (model, { vmId }) => planOnVm(model, vmId, [{ action: 'define', key: 'redefining' }]),
    // One that was cut in two is not written later, when nobody expects it any more.
    afterCrash: 'undo',
    steps: {
      define: {
        run: async (context) => {
          const { vm, link } = linkOf(context)
          const { xml: stored } = await definitions.read(link, vm)
          const xml = restoreSecrets(context.input.xml, stored)
          if (xml === null) throw new AppError('vm.xml-secret-lost', { name: vm.name }, { subject: vm.name })
          if (xml !== stored) await writeDefinition(context, 'vm.edit-xml', { vm, link, xml, validates: true })
          return null
        },
        // libvirt writes a definition in its own way: whether this one was taken cannot be read off it.
        inspect: async () => 'unknowable',
      },
    },
    output: () => ({}),
  }
}

/** Is that text a definition of this VM? Null: yes, as far as can be said here. Pure. */
function decideWritten({ id, name }: Vm, xml: string): AppError | null {
  try {
    const written = parseDomain(xml)
    if (written.uuid === id && written.name === name) return null
    return new AppError('vm.xml-other-machine', { name }, { subject: name })
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return new AppError('vm.xml-unreadable', { detail: error.message }, { cause: error, subject: name })
  }
}

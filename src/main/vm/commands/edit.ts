import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import {
  decideHotFields,
  decideLineDiff,
  type Vm,
  type VmDefinitionEdit,
  vmDefinitionEditSchema,
} from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler, PlanIds, StepContext } from '../../engine/index.ts'
import { type DomainRecord, domainReference, refreshEverywhere } from '../../hosts/index.ts'
import { withoutSecrets } from '../../xml/index.ts'
import { withXmlErrors } from '../change/domain-xml.ts'
import { decideNameFree } from '../create/decide-parts.ts'
import { inspectDomain, onVm, runDomainAction } from '../domain-action.ts'
import { applyLive } from '../edit/apply-live.ts'
import { editDefinition } from '../edit/edit-definition.ts'
import { toEditError } from '../edit/edit-refusal.ts'
import { decideMemoryPlug, withMemoryModule } from '../edit/memory-modules.ts'
import { aliasOf, plugDeviceText } from '../edit/plug-devices.ts'
import type { StoredVersion } from '../edit/stored-definitions.ts'
import { decideAction, hostName, isRunning, planOnVm, requireVm, type VmStepDraft } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 60_000

type EditInput = ParsedInput<'vm.edit'>
type EditContext = StepContext<'vm.edit'>

const definedSchema = z.object({ before: vmDefinitionEditSchema })
const waitingSchema = z.object({ waiting: z.array(z.string()) })

/**
 * Changes a VM's settings: its stored definition, of which all else stays as it is, and of a running VM what libvirt can change while
 * it runs. What it cannot, or refuses to, waits for the next start, and is told.
 */
export function createVmEdit(dependencies: VmEditDependencies): OperationHandler<'vm.edit'> {
  const { hosts, definitions, writeDefinition } = dependencies
  const linkOf = ({ input, model }: EditContext) => {
    const vm = requireVm(model(), input.vmId)
    return { vm, link: hosts.get(vm.hostId) }
  }
  const readOf = async (model: ModelSnapshot, { vmId }: EditInput) => {
    const vm = model.vms.get(vmId)
    const link = vm === undefined ? null : hosts.find(vm.hostId)
    if (vm?.persistent === true && link?.isLive === true) await definitions.read(link, vm)
  }
  const setAutostart = async (context: EditContext, enabled: boolean) => {
    const { vm, link } = linkOf(context)
    const request = { dom: domainReference({ name: vm.name, uuid: vm.id }), autostart: enabled ? 1 : 0 }
    await runDomainAction({
      vm,
      action: 'edit',
      link,
      model: context.model,
      call: () => link.control().call('DOMAIN_SET_AUTOSTART', request, { timeoutMs: CALL_TIMEOUT_MS }),
      tookEffect: (record) => record.autostart === enabled,
    })
  }
  const rename = async (context: EditContext, name: string) => {
    const { vm, link } = linkOf(context)
    const request = { dom: domainReference({ name: vm.name, uuid: vm.id }), new_name: name, flags: 0 }
    const ended = dependencies.expectChange(context, 'vm.edit')
    const action = {
      vm,
      action: 'edit',
      link,
      model: context.model,
      call: () => link.control().call('DOMAIN_RENAME', request, { timeoutMs: CALL_TIMEOUT_MS }),
      tookEffect: (record: DomainRecord) => record.name === name,
    } as const
    try {
      await dependencies.changeOwn(vm, () => runDomainAction(action))
    } finally {
      ended()
    }
  }

  const decideConflict = (model: ModelSnapshot, { vmId, revision }: EditInput) => {
    const vm = requireVm(model, vmId)
    return definitions.conflictOf(vm, revision, hostName(model, vm.hostId))
  }

  return {
    name: 'vm.edit',
    // Of memory that is plugged in.
    ids: ['memoryId'],
    ...onVm(hosts, 'edit'),
    admit: async (_identity, input, model) => {
      await readOf(model, input)
      return null
    },
    refresh: async ({ input, model }) => {
      await refreshEverywhere(hosts.list(), input.vmId)
      await readOf(model(), input)
    },
    validate: (model, input) =>
      decideAction(model, input.vmId, 'edit') ??
      decideEdit(model, input, definitions.of(input.vmId)) ??
      decideConflict(model, input),
    auditParams: ({ vmId: _vmId, revision: _revision, applyNow: _applyNow, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    plan: (model, input, ids) => {
      const vm = requireVm(model, input.vmId)
      const stored = definitions.of(input.vmId)
      if (stored === null) {
        throw new AppError('vm.definition-unread', { name: vm.name, hostName: hostName(model, vm.hostId) })
      }
      const edited = editStored(vm, stored, input, ids)
      if ('refused' in edited) throw toEditError(vm.name, edited)
      return planOnVm(model, input.vmId, decideSteps(vm, stored, edited.xml, input))
    },
    afterCrash: 'finish',
    steps: {
      rename: {
        run: async (context) => {
          const { vm } = linkOf(context)
          if (context.input.name !== undefined) await rename(context, context.input.name)
          return { before: vm.name }
        },
        undo: (context) => rename(context, z.object({ before: z.string() }).parse(context.results.rename).before),
        inspect: ({ input, step }) =>
          inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, ({ name }) => name === input.name),
      },
      define: {
        run: async (context) => {
          const { vm, link } = linkOf(context)
          const stored = await definitions.read(link, vm)
          const edited = editStored(vm, stored, context.input, context.ids)
          if ('refused' in edited) throw toEditError(vm.name, edited)
          context.memory.set('before', stored.xml)
          await writeDefinition(context, 'vm.edit', { vm, link, xml: edited.xml })
          return { before: settingsBefore(context.input, stored) }
        },
        undo: async (context) => {
          const { vm, link } = linkOf(context)
          const before = context.memory.get('before')
          const { xml } = await definitions.read(link, vm)
          const back = editDefinition(xml, definedSchema.parse(context.results.define).before)
          if (typeof before !== 'string' && 'refused' in back) throw toEditError(vm.name, back)
          const text = typeof before === 'string' ? before : 'xml' in back ? back.xml : xml
          await writeDefinition(context, 'vm.edit', { vm, link, xml: text })
        },
        inspect: async (context) => {
          const { vm, link } = linkOf(context)
          const stored = await definitions.read(link, vm)
          const edited = editStored(vm, stored, context.input, context.ids)
          return 'xml' in edited && edited.xml === stored.xml ? 'done' : 'absent'
        },
      },
      autostart: {
        run: async (context) => {
          await setAutostart(context, context.input.autostart === true)
          return null
        },
        undo: (context) => setAutostart(context, context.input.autostart !== true),
        inspect: ({ input, step }) =>
          inspectDomain(
            hosts,
            { hostId: step.hostId, vmId: input.vmId },
            (record) => record.autostart === input.autostart,
          ),
      },
      apply: {
        run: async (context) => {
          const { vm, link } = linkOf(context)
          const { xml } = await definitions.read(link, vm)
          const module = withXmlErrors(vm, () => plugDeviceText(xml, aliasOf(context.ids.memoryId ?? '')))
          return { waiting: await applyLive(link, vm, context.input, module) }
        },
        // Doing again what was done changes nothing.
        inspect: async () => 'absent',
      },
    },
    output: ({ results }) => {
      const told = waitingSchema.safeParse(results.apply)
      return told.success ? told.data : {}
    },
  }
}

/** What of the input is in the definition. */
function definitionPart(input: EditInput): VmDefinitionEdit {
  const { vmId: _vmId, name: _name, autostart: _autostart, revision: _revision, applyNow: _applyNow, ...edit } = input
  return edit
}

/** More memory for a machine that runs is a module of its own, where its definition has room for one; else its memory is another one. */
function editStored(vm: Vm, { xml }: StoredVersion, input: EditInput, ids: PlanIds) {
  return withXmlErrors(vm, (): ReturnType<typeof editDefinition> => {
    const alias = aliasOf(ids.memoryId ?? '')
    const part = definitionPart(input)
    const sizeMiB = decideMemoryPlug(xml, vm, input)
    const isPlugged = ids.memoryId !== undefined && plugDeviceText(xml, alias) !== null
    if (sizeMiB === null && !isPlugged) return editDefinition(xml, part)
    const { memoryMiB: _memoryMiB, ...rest } = part
    const edited = editDefinition(xml, rest)
    if ('refused' in edited || isPlugged || sizeMiB === null) return edited
    return { xml: withMemoryModule(edited.xml, { sizeMiB, model: 'dimm' }, alias) }
  })
}

/** Can the VM be given that? Null: yes, or nobody knows before its definition was read. Pure. */
function decideEdit(model: ModelSnapshot, input: EditInput, stored: StoredVersion | null): AppError | null {
  const vm = requireVm(model, input.vmId)
  const { name } = input
  for (const field of ['name', 'firmware'] as const) {
    const isChanged = input[field] !== undefined && (field === 'firmware' || name !== vm.name)
    if (isChanged && vm.status !== 'down') {
      return new AppError('vm.must-be-down', { name: vm.name, field }, { subject: vm.name })
    }
  }
  const datacenterId = model.clusters.get(vm.clusterId)?.datacenterId
  // The same name in another case is its own.
  const isOther = name !== undefined && name.toLowerCase() !== vm.name.toLowerCase()
  const taken = isOther && datacenterId !== undefined ? decideNameFree(model, datacenterId, name) : null
  if (taken !== null || stored === null) return taken
  try {
    const edited = editStored(vm, stored, input, {})
    return 'refused' in edited ? toEditError(vm.name, edited) : null
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
}

function decideSteps(vm: Vm, stored: StoredVersion, xml: string, input: EditInput): VmStepDraft[] {
  const isOn = isRunning(vm)
  const hot = isOn && input.applyNow ? [...decideHotFields(definitionPart(input), vm).now] : []
  if (isOn && withXmlErrors(vm, () => decideMemoryPlug(stored.xml, vm, input)) !== null) hot.push('memoryMiB')
  const steps: VmStepDraft[] = []
  if (input.name !== undefined && input.name !== vm.name) steps.push({ action: 'rename', key: 'renaming' })
  if (xml !== stored.xml) {
    const diff = decideLineDiff(withoutSecrets(stored.xml), withoutSecrets(xml)).map((line) => ({ ...line }))
    steps.push({ action: 'define', key: isOn ? 'redefining-next' : 'redefining', data: { diff } })
  }
  if (input.autostart !== undefined && input.autostart !== vm.autostart) {
    steps.push({ action: 'autostart', key: 'autostart' })
  }
  if (hot.length > 0) steps.push({ action: 'apply', key: 'applying-live', data: { fields: [...hot] } })
  return steps
}

/** The settings that are changed, as they were: by them a change is undone where the definition itself is not at hand. */
function settingsBefore(input: EditInput, { settings }: StoredVersion): VmDefinitionEdit {
  const toMiB = (kib: number) => Math.max(1, Math.round(kib / 1024))
  const { memoryKiB, maxMemoryKiB, revision: _revision, ...same } = { revision: '', ...settings }
  const all = { ...same, memoryMiB: toMiB(memoryKiB), maxMemoryMiB: toMiB(maxMemoryKiB) }
  const asked = Object.keys(definitionPart(input))
  const pairs = { memoryMiB: 'maxMemoryMiB', vcpus: 'maxVcpus', maxVcpus: 'vcpus', maxMemoryMiB: 'memoryMiB' } as const
  const fields = new Set(asked.flatMap((field) => [field, pairs[field as keyof typeof pairs] ?? field]))
  const kept = Object.fromEntries(Object.entries(all).filter(([field, value]) => fields.has(field) && value !== null))
  const parsed = vmDefinitionEditSchema.safeParse(kept)
  return parsed.success ? parsed.data : {}
}

import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import {
  type DatacenterId,
  hostIdSchema,
  type TemplateId,
  templateDiskSchema,
  templateIdSchema,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { newMachineDiskSchema } from '../../disk/index.ts'
import { exclusive, type ModelSnapshot, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import { refreshEverywhere } from '../../hosts/index.ts'
import { findSnapshot } from '../../snapshot/index.ts'
import { hostName, inactiveXmlOf, newDiskId, requireVm, vmSubject, withXmlErrors } from '../../vm/index.ts'
import { type CloneSource, decideClonable, decideCloneSource } from '../clone-source.ts'
import { type DiskCopy, decideCopies } from '../decide-copies.ts'
import { makeDiskStep, planCopies } from '../make-disk-step.ts'
import { readHardware } from '../read-hardware.ts'
import { decideSealTool, SEAL_TIMEOUT_MS, sealDisks } from '../seal-disks.ts'
import { decideTemplateName, findTemplate } from '../template-rules.ts'
import { locksOn } from './clone.ts'
import { readSnapshots, type TemplateDependencies } from './dependencies.ts'

/** Stands for the template where it is only asked whether there could be one. */
const NOTHING = templateIdSchema.parse('00000000-0000-4000-8000-000000000000')

const recordSchema = z.object({
  name: z.string(),
  baseId: templateIdSchema,
  datacenterId: z.guid().brand<'DatacenterId'>(),
  disks: z.array(templateDiskSchema),
})
const sealSchema = z.object({ disks: z.array(newMachineDiskSchema), paths: z.array(z.string()) })

type Context = StepContext<'template.create'>

interface Resolved {
  readonly source: CloneSource
  readonly copies: readonly DiskCopy[]
  readonly name: string
  readonly baseId: TemplateId
  readonly datacenterId: DatacenterId
}

/** Makes a template of a machine: its disks are copied, sealed where that is asked for, and it is put on record. */
export function createTemplateCreate(dependencies: TemplateDependencies): OperationHandler<'template.create'> {
  const { hosts, machineDisks, known, store } = dependencies
  const idOf = ({ ids }: Pick<Context, 'ids'>) => templateIdSchema.parse(ids.templateId)
  const resolve = (model: ModelSnapshot, input: ParsedInput<'template.create'>, templateId: TemplateId) =>
    resolveTemplate(model, input, templateId, known.of(input.vmId))

  return {
    name: 'template.create',
    ids: ['templateId'],
    subject: (model, input, ids) => {
      if (ids?.templateId === undefined) return vmSubject(model, input)
      const base = input.versionOf === undefined ? undefined : model.templates.get(input.versionOf)
      return { kind: 'template', id: ids.templateId, name: base?.name ?? input.name ?? ids.templateId }
    },
    admit: async (_identity, input, model) => {
      await readSnapshots(dependencies, model, input)
      if (!input.seal) return null
      const resolved = resolve(model, input, NOTHING)
      // What else is in the way is said by the plan.
      const hostId = resolved instanceof AppError ? undefined : sealHostOf(resolved)
      const link = hostId === undefined ? null : hosts.find(hostId)
      return link === null ? null : decideSealTool(link)
    },
    refresh: async ({ input, model }) => {
      await refreshEverywhere(hosts.list(), input.vmId)
      await readSnapshots(dependencies, model(), input)
    },
    validate: (model, input) => {
      const early = decideClonable(model, input.vmId, input.snapshotId)
      // What its snapshots are like now is only known once they were read anew: the plan refuses what they do not allow.
      if (early !== null || input.snapshotId !== undefined) return early
      const resolved = resolve(model, input, NOTHING)
      return resolved instanceof AppError ? resolved : null
    },
    auditParams: ({ name, versionOf, seal }) => ({ name: name ?? versionOf ?? '', seal }),
    plan: (model, input, ids) => {
      const templateId = idOf({ ids })
      const resolved = resolve(model, input, templateId)
      if (resolved instanceof AppError) throw resolved
      const { source, copies, name, baseId, datacenterId } = resolved
      const params = { template: name, vm: source.vm.name, host: hostName(model, source.vm.hostId) }
      const seals = input.seal && copies.length > 0
      const disks = copies.map(({ target, bus, made: { definition } }) => {
        const { id: diskId, storageDomainId, fileName } = definition
        return { diskId, storageDomainId, fileName, target, bus }
      })
      return {
        locks: [
          exclusive(`vm:${source.vm.id}`),
          exclusive(`template:${templateId}`),
          exclusive(`template-name:${datacenterId}:${name.toLowerCase()}`),
          ...locksOn(source, copies),
          shared(`host:${source.vm.hostId}`),
        ],
        touches: [vmSubject(model, input), { kind: 'template', id: templateId, name }],
        steps: [
          ...planCopies(model, copies),
          ...(seals
            ? [
                {
                  action: 'seal',
                  hostId: sealHostOf(resolved) ?? null,
                  text: { key: 'sealing', params },
                  weight: 10,
                  cancellable: true,
                  data: { disks: copies.map(({ made }) => ({ ...made })), paths: copies.map(({ path }) => path) },
                },
              ]
            : []),
          {
            action: 'register',
            hostId: source.vm.hostId,
            text: { key: seals ? 'registering-template' : 'registering-template-unsealed', params },
            data: { name, baseId, datacenterId, disks },
          },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      'make-disk': makeDiskStep(machineDisks),
      seal: {
        timeoutMs: SEAL_TIMEOUT_MS,
        run: async ({ step, signal }) => {
          const { disks, paths } = sealSchema.parse(step.data)
          const given = paths.map((path, index) => ({ path, format: disks[index]?.definition.format ?? 'raw' }))
          await sealDisks(hosts.get(hostIdSchema.parse(step.hostId)), String(step.text.params.template), given, signal)
          return null
        },
        // Sealed once more, they are as sealed.
        inspect: async () => 'absent',
      },
      register: {
        run: async (context) => {
          const { input, model, step } = context
          const vm = requireVm(model(), input.vmId)
          const link = hosts.get(vm.hostId)
          const xml = await xmlOf(context)
          const { name, ...record } = recordSchema.parse(step.data)
          await store.add({
            ...record,
            id: idOf(context),
            name: store.records.get(record.baseId)?.name ?? name,
            versionName: input.versionName,
            description: input.description,
            sealed: input.seal && record.disks.length > 0,
            hardware: withXmlErrors({ ...vm, hostId: link.id }, () => readHardware(xml, vm)),
            createdFrom: vm.name,
          })
          return { sealed: input.seal && record.disks.length > 0 }
        },
        undo: (context) => store.remove(idOf(context)),
        inspect: async (context) => (store.records.has(idOf(context)) ? 'done' : 'absent'),
      },
    },
    output: ({ ids, results }) => {
      const told = z.object({ sealed: z.boolean() }).safeParse(results.register)
      return { templateId: idOf({ ids }), ...(told.success ? told.data : {}) }
    },
  }

  async function xmlOf({ input: { vmId, snapshotId }, model }: Context): Promise<string> {
    const vm = requireVm(model(), vmId)
    const link = hosts.get(vm.hostId)
    if (snapshotId === undefined) return inactiveXmlOf(link, vm)
    const found = findSnapshot(vm, await known.read(link, vm), snapshotId)
    if (found instanceof AppError) throw found
    return found.domainXml ?? inactiveXmlOf(link, vm)
  }
}

/** All disks are of one system: the host that copies the first seals them, where it has the others, too. */
function sealHostOf({ copies }: Pick<Resolved, 'copies'>) {
  const [first, ...others] = copies
  const hostIds = first?.domain.connections.filter(({ status }) => status === 'connected').map(({ hostId }) => hostId)
  const has = (hostId: string) =>
    others.every(({ domain }) =>
      domain.connections.some((each) => each.hostId === hostId && each.status === 'connected'),
    )
  const able = (hostIds ?? []).filter(has)
  return able.find((hostId) => hostId === first?.made.origin?.hostId) ?? able[0]
}

/** Decides all of a template before anything is done. Errors as values. Pure. */
function resolveTemplate(
  model: ModelSnapshot,
  { vmId, name: wanted, versionOf, snapshotId, storageDomainId }: ParsedInput<'template.create'>,
  templateId: TemplateId,
  snapshots: ReturnType<TemplateDependencies['known']['of']>,
): Resolved | AppError {
  const source = decideCloneSource(model, vmId, { snapshotId, snapshots: snapshots ?? [] })
  if (source instanceof AppError) return source
  const cluster = model.clusters.get(source.vm.clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId: source.vm.clusterId })
  const { datacenterId } = cluster
  const base = versionOf === undefined ? null : findTemplate(model, versionOf)
  if (base instanceof AppError) return base
  if (base !== null && base.datacenterId !== datacenterId) {
    return new AppError('template.other-datacenter', { name: base.name, otherName: cluster.name })
  }
  const name = base?.name ?? wanted ?? ''
  const taken = base === null ? decideTemplateName(model, datacenterId, name) : null
  if (taken !== null) return taken
  const copies = decideCopies(model, source, {
    name,
    diskIdOf: (index) => newDiskId(templateId, index),
    thin: false,
    storageDomainId: storageDomainId ?? null,
    readOnly: true,
    action: 'template.create',
  })
  if (copies instanceof AppError) return copies
  return { source, copies, name, baseId: base?.baseId ?? templateId, datacenterId }
}

import { z } from 'zod'
import {
  storageDomainIdSchema,
  type VmCreateRequest,
  type VmCreateSpec,
  type VmId,
  vmIdSchema,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import {
  type DiskOrigin,
  diskLock,
  domainLock,
  fileHostOf,
  type NewMachineDisk,
  newMachineDiskSchema,
} from '../../disk/index.ts'
import {
  exclusive,
  type ModelSnapshot,
  type OperationHandler,
  type PlanDraft,
  type StepContext,
  type StepDraft,
  shared,
} from '../../engine/index.ts'
import { domainReference, isActiveState } from '../../hosts/index.ts'
import { completeSpec } from '../create/complete-spec.ts'
import { type ResolvedCreate, resolveCreate } from '../create/resolve-create.ts'
import { defineDomain, undefineDomain } from '../define-domain.ts'
import { inspectDomain } from '../domain-action.ts'
import { buildSeedImage } from '../seed/index.ts'
import { inspectStart, START_TIMEOUT_MS, startDomain } from '../start-domain.ts'
import type { VmPlacementDependencies } from './dependencies.ts'

const MAKE_TIMEOUT_MS = 60 * 60_000
const CALL_TIMEOUT_MS = 60_000
/** Stands for the machine where it is only asked whether there could be one. */
const NOBODY = vmIdSchema.parse('00000000-0000-4000-8000-000000000000')

const seedSchema = z.object({
  storageDomainId: storageDomainIdSchema,
  fileName: z.string(),
  macAddresses: z.array(z.string()),
  operatingSystem: z.string().optional(),
})
/** Records of before have none. */
const startSchema = z
  .object({ memoryMiB: z.number().default(0), diskPaths: z.array(z.string()).default([]) })
  .catch({ memoryMiB: 0, diskPaths: [] })
const definitionSchema = z.object({ xml: z.string() })

/** Creates a VM with its disks, its image for cloud-init and its definition, and starts it where that is asked for. */
export function createVmCreate(dependencies: VmPlacementDependencies): OperationHandler<'vm.create'> {
  const { hosts, ownActions, machineDisks, abilities, policy, promises, clock } = dependencies
  const vmIdOf = ({ ids }: Pick<StepContext<'vm.create'>, 'ids'>) => vmIdSchema.parse(ids.vmId)
  const domainOf = (context: Pick<StepContext<'vm.create'>, 'ids' | 'input'>) => ({
    vmId: vmIdOf(context),
    name: context.input.name,
  })
  const expect = ({ user, isRow, ...context }: StepContext<'vm.create'>, kind: 'vm.defined' | 'vm.undefined') =>
    ownActions.expect(vmIdOf(context), {
      kinds: [kind],
      user,
      command: 'vm.create',
      silent: !isRow,
      withinMs: CALL_TIMEOUT_MS,
    })

  return {
    name: 'vm.create',
    ids: ['vmId'],
    subject: (_model, { name, clusterId }, ids) =>
      ids?.vmId === undefined ? { kind: 'cluster', id: clusterId, name } : { kind: 'vm', id: ids.vmId, name },
    validate: (model, input) => {
      const spec = completeSpec(model, input)
      const resolved = spec instanceof AppError ? spec : resolveCreate(model, spec, NOBODY, policy)
      // What its hosts have is asked before it is planned.
      const isAsked = resolved instanceof AppError && resolved.code === 'vm.host-unexamined'
      return resolved instanceof AppError && !isAsked ? resolved : null
    },
    admit: async (_identity, { clusterId }) => {
      await abilities.refreshCluster(clusterId)
      return null
    },
    refresh: ({ input }) => abilities.refreshCluster(input.clusterId),
    auditParams: describeCreate,
    plan: (model, input, ids) => {
      const vmId = vmIdOf({ ids })
      const spec = completeSpec(model, input)
      if (spec instanceof AppError) throw spec
      const resolved = resolveCreate(model, spec, vmId, policy)
      if (resolved instanceof AppError) throw resolved
      return planCreate(model, spec, vmId, resolved)
    },
    afterCrash: 'undo',
    steps: {
      'make-disk': {
        timeoutMs: MAKE_TIMEOUT_MS,
        run: async ({ step, model, operationId, signal, progress }) => {
          const disk = newMachineDiskSchema.parse(step.data)
          const workId = diskWorkId(operationId, disk)
          await machineDisks().make(disk, { model, workId, signal, report: progress })
          return null
        },
        undo: ({ step, model }) => machineDisks().remove(model, newMachineDiskSchema.parse(step.data).definition),
        inspect: ({ step, model, operationId }) => {
          const disk = newMachineDiskSchema.parse(step.data)
          return machineDisks().settle(model, disk, diskWorkId(operationId, disk))
        },
      },
      'write-seed': {
        run: async (context) => {
          const { step, model, input } = context
          if (input.cloudInit === undefined) throw new AppError('vm.seed-nowhere', { name: input.name })
          const { vmId, name } = domainOf(context)
          const { cloudInit } = input
          const { macAddresses, operatingSystem, ...file } = seedSchema.parse(step.data)
          const machine = { instanceId: vmId, name, operatingSystem, macAddresses }
          await machineDisks().writeHidden(model, file, buildSeedImage(cloudInit, machine, new Date(clock.now())))
          return null
        },
        undo: ({ step, model }) => machineDisks().removeHidden(model, seedSchema.parse(step.data)),
        inspect: ({ step, model }) => machineDisks().inspect(model, seedSchema.parse(step.data)),
      },
      define: {
        run: async (context) => {
          const { step } = context
          const ended = expect(context, 'vm.defined')
          try {
            const link = hosts.get(hostIdOf(step))
            await defineDomain(link, domainOf(context), definitionSchema.parse(step.data).xml)
          } finally {
            ended()
          }
          return null
        },
        undo: async (context) => {
          const ended = expect(context, 'vm.undefined')
          try {
            await undefineDomain(hosts.get(hostIdOf(context.step)), domainOf(context))
          } finally {
            ended()
          }
        },
        inspect: (context) =>
          inspectDomain(hosts, { hostId: context.step.hostId, vmId: vmIdOf(context) }, ({ persistent }) => persistent),
      },
      start: {
        timeoutMs: START_TIMEOUT_MS,
        run: async (context) => {
          const { input, step } = context
          const vmId = vmIdOf(context)
          const hostId = hostIdOf(step)
          const { memoryMiB, diskPaths } = startSchema.parse(step.data)
          const takeBack = promises.make(hostId, vmId, (input.memoryMiB ?? memoryMiB) * 1024)
          try {
            const request = { vmId, name: input.name, hostId, paused: input.paused, bootsAnew: false, restores: false }
            await startDomain(dependencies, { ...request, diskPaths, command: 'vm.create' }, context)
          } finally {
            takeBack()
          }
          return null
        },
        undo: async (context) => {
          const link = hosts.get(hostIdOf(context.step))
          const record = await link.refreshDomain(vmIdOf(context))
          if (record === null || !isActiveState(record.state)) return
          const dom = domainReference({ name: context.input.name, uuid: vmIdOf(context) })
          await link.control().call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS })
        },
        inspect: (context) => inspectStart(hosts, { hostId: context.step.hostId, vmId: vmIdOf(context) }),
      },
    },
    output: ({ ids }) => ({ vmId: vmIdOf({ ids }) }),
  }
}

function diskWorkId(operationId: string, { definition }: NewMachineDisk): string {
  return `${operationId}-${definition.id.slice(0, 8)}`
}

function describeCreate({ name, memoryMiB, vcpus, start, templateId }: VmCreateRequest) {
  const sizes = { ...(memoryMiB === undefined ? {} : { memoryMiB }), ...(vcpus === undefined ? {} : { vcpus }) }
  return { name, ...sizes, start, ...(templateId === 'blank' ? {} : { templateId }) }
}

function textOfDisk(model: ModelSnapshot, fileName: string, domain: string, origin: DiskOrigin | null) {
  if (origin === null) return { key: 'making-disk', params: { fileName, domain } }
  const base = [...model.disks.values()].find(({ path }) => path === origin.path)
  const key = origin.thin ? 'layering-template-disk' : 'copying-template-disk'
  return { key, params: { fileName, domain, base: base?.alias ?? origin.path } }
}

function hostIdOf({ hostId }: StepContext<'vm.create'>['step']) {
  return z.guid().brand<'HostId'>().parse(hostId)
}

function planCreate(model: ModelSnapshot, input: VmCreateSpec, vmId: VmId, resolved: ResolvedCreate): PlanDraft {
  const { cluster, host, disks, macs, seed, xml } = resolved
  const params = { vm: input.name, host: host.name }
  const nameOf = (id: string) => model.storageDomains.get(id as never)?.name ?? id
  const media = input.cdrom === null ? [] : [input.cdrom.diskId]
  const storage = new Set([
    ...disks.map(({ definition }) => definition.storageDomainId),
    ...media.flatMap((id) => model.disks.get(id)?.storageDomainId ?? []),
    ...(seed === null ? [] : [seed.storageDomainId]),
  ])
  const steps: StepDraft[] = disks.flatMap(({ definition, made }, index): StepDraft[] => {
    if (made === null) return []
    const { storageDomainId, fileName } = definition
    return [
      {
        id: `make-disk:${index}`,
        action: 'make-disk',
        hostId: made.origin?.hostId ?? fileHostOf(model, storageDomainId),
        text: textOfDisk(model, fileName, nameOf(storageDomainId), made.origin),
        weight: made.origin?.thin === false ? 20 : 3,
        cancellable: true,
        data: { definition: { ...definition }, ...made, origin: made.origin === null ? null : { ...made.origin } },
      },
    ]
  })
  if (seed !== null) {
    const { storageDomainId } = seed
    const text = { key: 'writing-seed', params: { ...params, domain: nameOf(storageDomainId) } }
    steps.push({
      action: 'write-seed',
      hostId: fileHostOf(model, storageDomainId),
      text,
      data: {
        ...seed,
        macAddresses: [...macs],
        ...(input.operatingSystem === undefined ? {} : { operatingSystem: input.operatingSystem }),
      },
    })
  }
  steps.push({ action: 'define', hostId: host.id, text: { key: 'defining', params }, data: { xml } })
  if (input.start) {
    const data = { memoryMiB: input.memoryMiB, diskPaths: disks.map(({ path }) => path) }
    steps.push({ action: 'start', hostId: host.id, text: { key: 'starting', params }, weight: 2, data })
  }
  return {
    locks: [
      exclusive(`vm:${vmId}`),
      exclusive(`vm-name:${cluster.datacenterId}:${input.name.toLowerCase()}`),
      ...[...macs].sort().map((mac) => exclusive(`mac:${mac}`)),
      ...[...storage].sort().map(domainLock),
      // Nobody takes its disks away meanwhile.
      ...(input.templateId === 'blank' ? [] : [shared(`template:${input.templateId}`)]),
      ...disks
        .filter(({ made, definition }) => made === null && !definition.shareable)
        .map(({ definition }) => diskLock(definition.id)),
      // Which of them it will be is decided again once these are held.
      ...model.hosts
        .where('clusterId', cluster.id)
        .map(({ id }) => id)
        .sort()
        .map((id) => shared(`host:${id}`)),
    ],
    touches: [{ kind: 'vm', id: vmId, name: input.name }],
    steps,
  }
}

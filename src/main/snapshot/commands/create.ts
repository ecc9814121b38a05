import { z } from 'zod'
import { snapshotKindSchema, snapshotReasonSchema, type Vm } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { decideDomainTakes, firstRefusal } from '../../disk/index.ts'
import type { ModelSnapshot, OperationHandler, StepContext } from '../../engine/index.ts'
import { domainReference, type HostLink } from '../../hosts/index.ts'
import { requireVm, runDomainAction, storageOfVm } from '../../vm/index.ts'
import { parseSnapshot } from '../../xml/index.ts'
import { decideMethod, isRunning } from '../decide-method.ts'
import { removeFiles } from '../on-host/layer-files.ts'
import { quietly, type SnapshotDependencies, type SnapshotWork, WORK_TIMEOUT_MS } from '../snapshot-work.ts'
import { buildSnapshotXml } from '../snapshot-xml.ts'

/** `virDomainSnapshotCreateFlags`. */
const CREATE = { diskOnly: 16, quiesce: 64, atomic: 128, live: 256 } as const

const takenSchema = z.object({ kind: snapshotKindSchema, reason: snapshotReasonSchema, quiesced: z.boolean() })
const dataSchema = takenSchema.extend({ withMemory: z.boolean(), xml: z.string() })

/** Takes a snapshot of a VM: inside its images, or as layers on them. */
export function createSnapshotCreate(
  dependencies: SnapshotDependencies,
  work: SnapshotWork,
): OperationHandler<'vm.snapshot-create'> {
  const { known } = dependencies
  return {
    name: 'vm.snapshot-create',
    ...work.base,
    ids: ['tag'],
    validate: (model, { vmId, memory }) =>
      work.decide(model, vmId, 'snapshot-create') ?? decideRoom(model, requireVm(model, vmId), memory),
    auditParams: ({ name, memory, quiesce }) => ({ snapshot: name, memory, quiesce }),
    plan: (model, { vmId, name, description, memory, quiesce }, { tag = '' }) => {
      const vm = requireVm(model, vmId)
      const { libvirtVersion = '0' } = model.hosts.get(vm.hostId)?.facts ?? {}
      const snapshots = work.snapshotsOf(model, vmId)
      if (snapshots.some((each) => each.name === name)) {
        throw new AppError('snapshot.name-taken', { name: vm.name, snapshot: name }, { subject: vm.name })
      }
      const method = decideMethod(vm, { libvirtVersion, memory, snapshots })
      if (method instanceof AppError) throw method
      const { kind, reason, withMemory } = method
      const isAsked = quiesce && kind === 'external' && !withMemory && isRunning(vm)
      const quiesced = isAsked && vm.guestAgent === 'connected'
      const xml = buildSnapshotXml(vm, { name, description, method, tag: tag.slice(0, 8) })
      const key = isAsked && !quiesced ? 'snapshot-taking-unquiesced' : `snapshot-taking-${kind}`
      return work.plan(model, vmId, [
        { action: 'take', key, weight: 5, goesOn: true, data: { kind, reason, withMemory, quiesced, xml } },
      ])
    },
    // What was not taken then is not taken hours later: it would be another state.
    afterCrash: 'undo',
    steps: {
      take: {
        timeoutMs: WORK_TIMEOUT_MS,
        run: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const { kind, reason, quiesced } = dataSchema.parse(context.step.data)
          await work.doing(context, { vm, link, command: 'vm.snapshot-create' }, () => take(context, vm, link))
          return { kind, reason, quiesced }
        },
        inspect: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const found = await known.read(link, vm)
          if (found.some(({ name }) => name === context.input.name)) return 'done'
          return (await work.isAtWork(link, vm)) ? 'running' : 'absent'
        },
      },
    },
    output: ({ input, results }) => {
      const taken = takenSchema.safeParse(results.take)
      return { snapshotId: input.name, ...(taken.success ? taken.data : {}) }
    },
  }
}

/** Is there room for what it takes at once, where a storage domain says how much it has? Its memory is written whole. */
function decideRoom(model: ModelSnapshot, vm: Vm, memory: boolean): AppError | null {
  const neededBytes = memory && isRunning(vm) ? vm.memoryKiB * 1024 : 0
  return firstRefusal(...storageOfVm(model, vm).map((id) => decideDomainTakes(model, id, neededBytes)))
}

async function take({ step, model, signal }: StepContext<'vm.snapshot-create'>, vm: Vm, link: HostLink): Promise<void> {
  const { kind, withMemory, quiesced, xml } = dataSchema.parse(step.data)
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const external = withMemory ? CREATE.live : CREATE.diskOnly | (quiesced ? CREATE.quiesce : 0)
  const flags = CREATE.atomic | (kind === 'external' ? external : 0)
  const connection = await link.openConnection({ signal })
  try {
    await runDomainAction({
      vm,
      action: 'snapshot-create',
      link,
      model,
      call: () =>
        connection.call(
          'DOMAIN_SNAPSHOT_CREATE_XML',
          { dom, xml_desc: xml, flags },
          { timeoutMs: WORK_TIMEOUT_MS, signal },
        ),
      tookEffect: () => null,
    })
  } catch (error) {
    // Refused for good: what libvirt may have left of its files is nobody's.
    if (isAppError(error) && error.retry !== 'after-refresh') await quietly(removeLeftOvers(link, vm, xml))
    throw error
  } finally {
    await connection.close()
  }
}

async function removeLeftOvers(link: HostLink, vm: Vm, xml: string): Promise<void> {
  const { disks, memory } = parseSnapshot(xml)
  const record = await link.refreshDomain(vm.id)
  const inUse = new Set(record?.definition.disks.map(({ source }) => source))
  const files = [...disks.map(({ layer }) => layer), memory.file].filter((file) => file !== null && !inUse.has(file))
  // Where the machine has one of the layers, it was taken after all.
  const isWhole = files.length === disks.filter(({ layer }) => layer !== null).length + (memory.file === null ? 0 : 1)
  if (record !== null && isWhole)
    await removeFiles(
      link,
      files.filter((file) => file !== null),
    )
}

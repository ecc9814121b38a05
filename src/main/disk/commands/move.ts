import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import { type DiskDefinition, diskIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type ModelSnapshot, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import { copyStep } from '../copy-file.ts'
import { admitIdle } from '../decide-idle.ts'
import {
  createDiskWork,
  type DiskDependencies,
  diskLock,
  domainLock,
  hostIdOf,
  partName,
  whenReachable,
} from '../disk-work.ts'
import { decideMove, decideMoveWay, type MoveWay, movedFileName, movedFormat } from '../move/decide-move.ts'
import { createMachineSteps } from '../move/machine-steps.ts'
import { type MoveData, moveDataSchema } from '../move/move-data.ts'
import { removeFileScript } from '../on-host/scripts.ts'
import { diskSubject, domainSubject, foundDiskId, requireDisk, requireDomain } from '../rules.ts'

type Context = StepContext<'disk.move'>
type Input = ParsedInput<'disk.move'>

/**
 * Moves a disk. One that no running machine has is copied and compared, then known at its new place, then removed from the old one. One of a
 * running machine is mirrored by its QEMU, which goes on with the new file; the old one goes once both definitions of the machine have the new one.
 */
export function createDiskMove(dependencies: DiskDependencies): OperationHandler<'disk.move'> {
  const { store, projection, onRemoved, clock } = dependencies
  const work = createDiskWork(dependencies)
  const machine = createMachineSteps(dependencies)
  return {
    name: 'disk.move',
    subject: diskSubject,
    ...admitIdle,
    validate: decideMove,
    auditParams: ({ format }) => (format === undefined ? {} : { format }),
    plan: (model, input) => {
      const { disk, domain } = requireDisk(model, input.diskId)
      const way = decideMoveWay(model, input.diskId)
      if (way instanceof AppError) throw way
      const data = describeMove(model, input, way)
      const target = requireDomain(model, input.storageDomainId)
      const hostId = hostIdOf(model, target.id)
      const vm = way.kind === 'file' ? null : way.vm
      const params = {
        fileName: disk.fileName,
        domain: target.name,
        from: domain.name,
        vm: vm?.name ?? '',
        host: vm === null ? '' : (model.hosts.get(vm.hostId)?.name ?? vm.hostId),
      }
      const isConverted = data.to.format !== data.fromFormat
      const step = (action: string, key: string, more: object = {}) => ({
        action,
        hostId,
        text: { key, params },
        data,
        ...more,
      })
      const onMachine = { hostId: vm?.hostId ?? null }
      const copying = step('copy', isConverted ? 'converting-disk' : 'copying', { weight: 20, cancellable: true })
      const removing = step('remove', 'removing-source', { hostId: hostIdOf(model, domain.id) })
      const found = foundDiskId(target.id, data.to.fileName)
      const onVm = vm === null ? [] : [exclusive(`vm:${vm.id}`), shared(`host:${vm.hostId}`)]
      return {
        locks: [...onVm, domainLock(domain.id), domainLock(target.id), diskLock(disk.id), diskLock(found)],
        touches: [
          diskSubject(model, input),
          domainSubject(model, input),
          // Nobody takes the file for one that is left over.
          { kind: 'disk', id: found, name: data.to.fileName },
          ...(vm === null ? [] : [{ kind: 'vm' as const, id: vm.id, name: vm.name }]),
        ],
        steps:
          way.kind === 'running'
            ? [
                step('prepare', 'making-disk', {
                  text: { key: 'making-disk', params: { ...params, fileName: data.to.fileName } },
                }),
                step('mirror', 'mirroring-disk', { ...onMachine, weight: 20, cancellable: true, goesOn: true }),
                step('pivot', 'pivoting-disk', onMachine),
                step('settle', 'settling-moved', onMachine),
                removing,
              ]
            : [
                copying,
                step('publish', 'publishing'),
                ...(way.kind === 'stopped' ? [step('redefine', 'redefining-disk', onMachine)] : []),
                removing,
              ],
      }
    },
    // What is in doubt is looked at; once it is known at its new place it goes on to the end.
    afterCrash: 'finish',
    steps: {
      ...machine.steps,
      copy: copyStep(
        work,
        ({ input }: Context) => input.storageDomainId,
        ({ input }) => input.format,
      ),
      publish: {
        run: async (context) => {
          const { input, model, operationId } = context
          const place = work.placeOf(model, input.storageDomainId)
          await work.publish(place, partName(operationId), definitionThere(context))
          return { diskId: input.diskId }
        },
        undo: async (context) => {
          const { input, model, step } = context
          const { storageDomainId, to } = moveDataSchema.parse(step.data)
          const place = work.placeOf(model, input.storageDomainId)
          await work.run(place, removeFileScript(to.fileName))
          await onRemoved(input.storageDomainId, input.diskId)
          await store.save({ ...definitionHere(context), storageDomainId })
          await projection.refresh(input.storageDomainId, { withPool: true })
        },
        inspect: (context) =>
          work.inspectPublished(context.model, partName(context.operationId), definitionThere(context)),
      },
      settle: {
        // The machine writes into the new file: the old one is not the disk any more.
        noReturn: true,
        run: async (context) => {
          const { input, model, operationId, signal } = context
          await whenReachable(model, input.storageDomainId, { clock, signal })
          await machine.settle(context)
          await store.save(definitionThere(context))
          await work.removeParts(model, input.storageDomainId, operationId)
          return { diskId: input.diskId }
        },
        inspect: ({ model, input }) => work.inspectRepeatable(model, input.storageDomainId),
      },
      remove: {
        // Once the source may be gone, the copy is the disk: it is never taken back.
        noReturn: true,
        run: async (context) => {
          const { input, model, step } = context
          const { storageDomainId, fileName } = moveDataSchema.parse(step.data)
          await whenReachable(model, storageDomainId, { clock, signal: context.signal })
          await machine.refuseUsed(context)
          await work.run(work.placeOf(model, storageDomainId), removeFileScript(fileName))
          await onRemoved(storageDomainId, input.diskId)
          await projection.refresh(storageDomainId, { withPool: true })
          return { diskId: input.diskId }
        },
        inspect: ({ model, step }) => work.inspectRepeatable(model, moveDataSchema.parse(step.data).storageDomainId),
      },
    },
    output: ({ results }) => z.object({ diskId: diskIdSchema }).parse(results.remove),
  }

  function definitionHere({ input, step }: Context): DiskDefinition {
    const record = store.get(input.diskId)
    if (record === undefined) throw new AppError('disk.not-found', { diskId: input.diskId })
    const { fileName, fromFormat } = moveDataSchema.parse(step.data)
    return { ...record, fileName, format: fromFormat }
  }

  function definitionThere(context: Context): DiskDefinition {
    const { to } = moveDataSchema.parse(context.step.data)
    const { fileName, format } = to
    return { ...definitionHere(context), storageDomainId: context.input.storageDomainId, fileName, format }
  }
}

/** What the steps go by. Throws disk.not-found, storage.not-found. Pure. */
function describeMove(model: ModelSnapshot, { diskId, storageDomainId, format }: Input, way: MoveWay): MoveData {
  const { disk, domain } = requireDisk(model, diskId)
  const to = { fileName: movedFileName(disk, format), format: movedFormat(disk, format) }
  const machine =
    way.kind === 'file'
      ? null
      : {
          vmId: way.vm.id,
          hostId: way.vm.hostId,
          target: way.drive.target,
          fromPath: disk.path,
          toPath: `${requireDomain(model, storageDomainId).targetPath}/${to.fileName}`,
          virtualBytes: disk.virtualBytes ?? 0,
        }
  return {
    storageDomainId: domain.id,
    fileName: disk.fileName,
    alias: disk.alias,
    fromFormat: disk.format,
    to,
    machine,
  }
}

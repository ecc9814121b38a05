import { z } from 'zod'
import { type Disk, diskIdSchema, storageDomainIdSchema, type Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { diskLock, domainLock, fileHostOf } from '../../disk/index.ts'
import { type ModelSnapshot, type OperationHandler, type StepDraft, shared } from '../../engine/index.ts'
import { isSeedPath, seedNameOf } from '../change/drive.ts'
import { undefineDomain } from '../define-domain.ts'
import { inspectDomain, onVm } from '../domain-action.ts'
import { decideAction, hostName, planOnVm, requireVm } from '../rules.ts'
import { disksOfVm, storageOfVm } from '../scheduler/vm-needs.ts'
import type { VmPlacementDependencies } from './dependencies.ts'

/** A volume of LVM goes in several calls, which a host under load takes minutes for. */
const REMOVE_FILE_TIMEOUT_MS = 5 * 60_000
const CALL_TIMEOUT_MS = 60_000
const fileSchema = z.object({
  storageDomainId: storageDomainIdSchema,
  fileName: z.string(),
  diskId: diskIdSchema.nullable(),
})

/**
 * Removes a VM that is down: its definition on every host that has it, with saved state, snapshots' metadata, variables of the firmware,
 * TPM state and the image for cloud-init. Its disks only where that is asked for; what is not removed stays registered.
 */
export function createVmRemove(dependencies: VmPlacementDependencies): OperationHandler<'vm.remove'> {
  const { hosts, ownActions, machineDisks } = dependencies
  return {
    name: 'vm.remove',
    ...onVm(hosts, 'remove'),
    validate: (model, { vmId, removeDisks }) =>
      decideAction(model, vmId, 'remove') ?? (removeDisks ? decideOwnDisks(model, requireVm(model, vmId)) : null),
    auditParams: ({ removeDisks }) => ({ removeDisks }),
    plan: (model, { vmId, removeDisks }) => {
      const vm = requireVm(model, vmId)
      const disks = removeDisks ? removedDisks(model, vm) : []
      const files: StepDraft[] = disks.map(({ id, storageDomainId, fileName }) =>
        removeFileStep(model, `remove-file:${id}`, { storageDomainId, fileName, diskId: id }),
      )
      const seed = seedOf(model, vm)
      if (seed !== null) files.push(removeFileStep(model, 'remove-file:seed', { ...seed, diskId: null }))
      const draft = planOnVm(model, vmId, [])
      // Its own host last: where another one cannot be asked, the machine is still there.
      const undefining = [...vm.alsoDefinedOn, vm.hostId].map((hostId) => ({
        action: 'undefine',
        id: `undefine:${hostId}`,
        hostId,
        text: { key: 'undefining', params: { vm: vm.name, host: hostName(model, hostId) } },
      }))
      return {
        ...draft,
        locks: [
          ...draft.locks,
          ...vm.alsoDefinedOn.map((hostId) => shared(`host:${hostId}`)),
          ...[...new Set(files.map(({ data }) => fileSchema.parse(data).storageDomainId))].map(domainLock),
          ...disks.map(({ id }) => diskLock(id)),
        ],
        touches: [...draft.touches, ...disks.map(({ id, alias }) => ({ kind: 'disk' as const, id, name: alias }))],
        steps: [...undefining, ...files],
      }
    },
    // A machine that is half gone is of use to nobody.
    afterCrash: 'finish',
    steps: {
      undefine: {
        run: async ({ input, step, model, user, isRow }) => {
          const name = model().vms.get(input.vmId)?.name ?? String(step.text.params.vm)
          const ended = ownActions.expect(input.vmId, {
            kinds: ['vm.undefined'],
            user,
            command: 'vm.remove',
            silent: !isRow,
            withinMs: CALL_TIMEOUT_MS,
          })
          try {
            await undefineDomain(hosts.get(step.hostId as Vm['hostId']), { vmId: input.vmId, name })
          } finally {
            ended()
          }
          return null
        },
        inspect: async ({ input, step }) => {
          const seen = await inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, () => true)
          return seen === 'absent' ? 'done' : 'absent'
        },
      },
      'remove-file': {
        timeoutMs: REMOVE_FILE_TIMEOUT_MS,
        run: async ({ step, model }) => {
          const { storageDomainId, fileName, diskId } = fileSchema.parse(step.data)
          if (diskId === null) await machineDisks().removeHidden(model, { storageDomainId, fileName })
          else await machineDisks().remove(model, { id: diskId, storageDomainId, fileName })
          return null
        },
        // Removing again what is gone does no harm.
        inspect: async () => 'absent',
      },
    },
    output: () => ({}),
  }
}

function removeFileStep(model: ModelSnapshot, id: string, file: z.output<typeof fileSchema>): StepDraft {
  const { fileName, storageDomainId } = file
  const domain = model.storageDomains.get(storageDomainId)?.name ?? storageDomainId
  const text = { key: 'removing-file', params: { fileName, domain } }
  return { id, action: 'remove-file', hostId: fileHostOf(model, storageDomainId), text, data: { ...file } }
}

/** Of its disks: what goes with it. Media, and what only can be read, are others' too. Pure. */
export function removedDisks(model: ModelSnapshot, vm: Vm): Disk[] {
  const own = new Set(disksOfVm(model, vm).filter(isOwnDisk))
  // An image that a machine without snapshots lies on was not made for it.
  if (vm.hasSnapshots) {
    const disks = [...model.disks.values()].filter(isOwnDisk)
    for (const disk of disks) if (disk.usedBy.some(({ vmId }) => vmId === vm.id)) own.add(disk)
    const paths = new Set([...own].map(({ path }) => path))
    // Layers that only other snapshots of it go on from are nothing without what they lie on.
    const isBranch = ({ registered, usedBy, path, backingPath }: Disk) =>
      !registered && usedBy.length === 0 && !paths.has(path) && backingPath !== null && paths.has(backingPath)
    for (let branch = disks.find(isBranch); branch !== undefined; branch = disks.find(isBranch)) {
      own.add(branch)
      paths.add(branch.path)
    }
  }
  return [...own]
}

function isOwnDisk({ kind, readOnly }: Disk): boolean {
  return kind === 'disk' && !readOnly
}

/** Does no other machine have them? Null: none. */
function decideOwnDisks(model: ModelSnapshot, vm: Vm): AppError | null {
  for (const { alias, usedBy } of removedDisks(model, vm)) {
    const other = usedBy.find(({ vmId }) => vmId !== vm.id)
    if (other !== undefined) {
      return new AppError('vm.has-disks-in-use', { name: vm.name, alias, otherName: other.name }, { subject: vm.name })
    }
  }
  return null
}

/** The image for cloud-init that we made for it. */
function seedOf(model: ModelSnapshot, vm: Vm) {
  const path = vm.disks.flatMap(({ source }) => source ?? []).find(isSeedPath)
  const fileName = seedNameOf(path ?? '')
  const storageDomainId = storageOfVm(model, vm).find(
    (id) => path === `${model.storageDomains.get(id)?.targetPath}/${fileName}`,
  )
  return fileName === null || storageDomainId === undefined ? null : { storageDomainId, fileName }
}

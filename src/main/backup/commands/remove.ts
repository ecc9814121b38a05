import { z } from 'zod'
import { backupIdSchema, type Subject, storageDomainIdSchema, vmIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { decideDomainUsable, domainLock, fileHostOf } from '../../disk/index.ts'
import { exclusive, type OperationHandler } from '../../engine/index.ts'
import { isActiveState } from '../../hosts/index.ts'
import { type BackupDependencies, createBackupWork, requireBackup } from '../backup-work.ts'
import { withIncrements } from '../decide-backup.ts'
import { removeCheckpoint } from '../push-job.ts'

const REMOVE_MS = 15 * 60_000

const dataSchema = z.object({
  vmId: vmIdSchema,
  storageDomainId: storageDomainIdSchema,
  /** The last first: what lies on another one goes before that. */
  backupIds: z.array(backupIdSchema),
  checkpoints: z.array(z.string()),
})

/** Removes a backup, with those that lie on it where that is said, and what libvirt kept for the next one. */
export function createBackupRemove(dependencies: BackupDependencies): OperationHandler<'backup.remove'> {
  const { hosts, projection } = dependencies
  const work = createBackupWork(dependencies)
  const chainOf = (input: { readonly backupId: z.infer<typeof backupIdSchema> }) => {
    const backup = requireBackup(projection, input.backupId)
    return withIncrements(projection.ofDomain(backup.storageDomainId), backup)
  }
  return {
    name: 'backup.remove',
    subject: (_model, { backupId }): Subject => {
      const backup = projection.find(backupId)
      if (backup === undefined) return { kind: 'system', id: 'system', name: backupId }
      return { kind: 'vm', id: backup.vmId, name: backup.name }
    },
    validate: (model, input) => {
      const backup = projection.find(input.backupId)
      if (backup === undefined) return new AppError('backup.not-found', { backupId: input.backupId })
      const count = chainOf(input).length - 1
      if (count > 0 && !input.withIncrements) return new AppError('backup.has-increments', { name: backup.name, count })
      return decideDomainUsable(model, backup.storageDomainId)
    },
    plan: (model, input) => {
      const backup = requireBackup(projection, input.backupId)
      const chain = chainOf(input)
      const data: z.infer<typeof dataSchema> = {
        vmId: backup.vmId,
        storageDomainId: backup.storageDomainId,
        backupIds: chain.map(({ id }) => id).reverse(),
        checkpoints: chain.flatMap(({ checkpoint }) => checkpoint ?? []),
      }
      const params = {
        vm: backup.name,
        domain: model.storageDomains.get(backup.storageDomainId)?.name ?? '',
        count: chain.length,
      }
      return {
        locks: [exclusive(`vm:${backup.vmId}`), domainLock(backup.storageDomainId)],
        touches: [{ kind: 'vm', id: backup.vmId, name: backup.name }],
        steps: [
          {
            action: 'remove',
            hostId: fileHostOf(model, backup.storageDomainId),
            text: { key: 'backup-removing', params },
            data,
          },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      remove: {
        timeoutMs: REMOVE_MS,
        run: async ({ step, model }) => {
          const { vmId, storageDomainId, backupIds, checkpoints } = dataSchema.parse(step.data)
          await work.remove(storageDomainId, backupIds)
          const vm = model().vms.get(vmId)
          const link = vm === undefined ? null : hosts.find(vm.hostId)
          // Nothing could go on from it any more. Of a machine that cannot be asked now, it goes with its next backup.
          if (vm === undefined || link?.isLive !== true) return null
          const known = await work.readCheckpoints(vm)
          const record = await link.refreshDomain(vm.id)
          const forgets = record === null || !isActiveState(record.state)
          for (const name of known.filter((each) => checkpoints.includes(each))) {
            await removeCheckpoint(link, vm, name, { forgets })
          }
          return null
        },
        // Removing again what is gone does no harm.
        inspect: async ({ step }) => {
          projection.placeOf(dataSchema.parse(step.data).storageDomainId)
          return 'absent'
        },
      },
    },
    output: () => ({}),
  }
}

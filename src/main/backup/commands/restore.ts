import { dirname } from 'node:path/posix'
import { z } from 'zod'
import {
  type DiskDefinition,
  diskDefinitionSchema,
  diskIdSchema,
  hostIdSchema,
  type Subject,
  storageDomainIdSchema,
  vmIdSchema,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { decideDiskIdle, diskLock, domainLock, firstRefusal, PART_PREFIX } from '../../disk/index.ts'
import { exclusive, type OperationHandler, type PlanDraft, type StepContext, shared } from '../../engine/index.ts'
import { isActiveState, refreshEverywhere, shellQuote } from '../../hosts/index.ts'
import { defineDomain, makeScreenPassword, undefineDomain, writeIdentity } from '../../vm/index.ts'
import { withNewPasswords } from '../../xml/index.ts'
import { backupFileName, type KnownBackup } from '../backup-manifest.ts'
import { type BackupDependencies, createBackupWork, locksOn, requireBackup } from '../backup-work.ts'
import { anyId, decideNewMachine, decidePutBack, type RestoreInput } from '../decide-restore.ts'
import { refuseStrangeChain } from '../on-host/fetch-chain.ts'
import { restoreDiskScript, swapScript } from '../on-host/scripts.ts'
import { removeCheckpoint } from '../push-job.ts'

type Context = StepContext<'backup.restore'>

const WORK_MS = 7 * 24 * 60 * 60_000
const EVENT_WITHIN_MS = 60_000

const newSchema = z.object({
  hostId: hostIdSchema,
  vmId: vmIdSchema,
  name: z.string(),
  macAddresses: z.array(z.string()),
  xml: z.string(),
  disks: z.array(z.object({ target: z.string(), definition: diskDefinitionSchema })),
})
const oldSchema = z.object({
  disks: z.array(
    z.object({
      target: z.string(),
      format: z.enum(['raw', 'qcow2']),
      diskId: diskIdSchema,
      storageDomainId: storageDomainIdSchema,
      path: z.string(),
      part: z.string(),
    }),
  ),
})

/**
 * Makes a new machine of a backup: its disks, then its definition. Or puts a machine that is off back: all its disks are written beside those
 * that it has, and only then take their place.
 */
export function createBackupRestore(dependencies: BackupDependencies): OperationHandler<'backup.restore'> {
  const { hosts, projection, machineDisks, refreshDisks, ownActions } = dependencies
  const work = createBackupWork(dependencies)

  const imageOf = (backup: KnownBackup, target: string) => ({
    path: `${backup.path}/${backupFileName(target)}`,
    folder: dirname(backup.path),
    name: backup.name,
    target,
  })
  const changing = async (
    context: Context,
    vmId: string,
    kind: 'vm.defined' | 'vm.undefined',
    change: () => Promise<void>,
  ) => {
    const { user, isRow } = context
    const expected = { kinds: [kind], user, command: 'backup.restore', silent: !isRow, withinMs: EVENT_WITHIN_MS }
    const ended = ownActions.expect(vmIdSchema.parse(vmId), expected)
    try {
      await change()
    } finally {
      ended()
    }
  }

  return {
    name: 'backup.restore',
    ids: ['vmId'],
    subject: (_model, { backupId, vmId }): Subject => {
      const backup = projection.find(backupId)
      if (backup === undefined) return { kind: 'system', id: 'system', name: backupId }
      return { kind: 'vm', id: vmId ?? backup.vmId, name: backup.name }
    },
    admit: async (_identity, { vmId }, model) => {
      const disks = [...model.disks.values()].filter(({ usedBy }) => usedBy.some((use) => use.vmId === vmId))
      return firstRefusal(...disks.map(({ id }) => decideDiskIdle(model, id)))
    },
    refresh: async ({ input }) => {
      if (input.vmId !== undefined) await refreshEverywhere(hosts.list(), input.vmId)
    },
    validate: (model, input) => {
      const backup = projection.find(input.backupId)
      if (backup === undefined) return new AppError('backup.not-found', { backupId: input.backupId })
      const found =
        input.vmId === undefined
          ? decideNewMachine(model, backup, input, anyId())
          : decidePutBack(model, backup, input.vmId)
      return found instanceof AppError ? found : null
    },
    plan: (model, input, ids) => {
      const backup = requireBackup(projection, input.backupId)
      return input.vmId === undefined
        ? planNew(model, backup, input, ids.vmId ?? '')
        : planOld(model, backup, input.vmId, ids.vmId ?? '')
    },
    // Behind the swap it goes on; before it, what was written beside is of no use.
    afterCrash: 'undo',
    steps: {
      disks: {
        timeoutMs: WORK_MS,
        run: async (context) => {
          const { model, operationId, signal, progress, step } = context
          const backup = requireBackup(projection, context.input.backupId)
          const { disks } = newSchema.parse(step.data)
          const made: DiskDefinition[] = []
          try {
            for (const [index, { target, definition }] of disks.entries()) {
              const image = imageOf(backup, target)
              const { host } = projection.placeOf(definition.storageDomainId)
              await refuseStrangeChain(host, image, signal)
              const source = { folder: backup.path, name: backupFileName(target), format: 'qcow2' }
              const report = (part: number) => progress((index + part) / disks.length)
              await machineDisks.makeOf(definition, source, { model, workId: operationId, signal, report })
              made.push(definition)
            }
          } catch (error) {
            for (const disk of made) await machineDisks.remove(model, disk)
            throw error
          }
          return null
        },
        undo: async ({ model, step }) => {
          for (const { definition } of newSchema.parse(step.data).disks) await machineDisks.remove(model, definition)
        },
        // Its undoing does no harm where nothing is.
        inspect: async () => 'done',
      },
      define: {
        run: async (context) => {
          const { hostId, xml, ...identity } = newSchema.parse(context.step.data)
          const link = hosts.get(hostId)
          await changing(context, identity.vmId, 'vm.defined', () =>
            defineDomain(link, identity, withNewPasswords(writeIdentity(xml, identity), makeScreenPassword)),
          )
          return { vmId: identity.vmId }
        },
        undo: async (context) => {
          const { hostId, vmId, name } = newSchema.parse(context.step.data)
          await changing(context, vmId, 'vm.undefined', () => undefineDomain(hosts.get(hostId), { vmId, name }))
        },
        inspect: async ({ step }) => {
          const { hostId, vmId } = newSchema.parse(step.data)
          return (await hosts.get(hostId).refreshDomain(vmId)) === null ? 'absent' : 'done'
        },
      },
      write: {
        timeoutMs: WORK_MS,
        run: async (context) => {
          const { signal, progress, step } = context
          const backup = requireBackup(projection, context.input.backupId)
          const { disks } = oldSchema.parse(step.data)
          try {
            for (const [index, { target, format, storageDomainId, part }] of disks.entries()) {
              const image = imageOf(backup, target)
              const { host, domain } = projection.placeOf(storageDomainId)
              await refuseStrangeChain(host, image, signal)
              const report = (fraction: number) => progress((index + fraction) / disks.length)
              const script = restoreDiskScript(image.path, { path: part, format })
              await work.runTool(host, domain.targetPath, script, { signal, report })
            }
          } catch (error) {
            await removeParts(context)
            throw error
          }
          return null
        },
        undo: (context) => removeParts(context),
        inspect: async () => 'done',
      },
      swap: {
        // The first of its disks may be another one already.
        noReturn: true,
        run: async (context) => {
          const vmId = vmIdSchema.parse(context.input.vmId)
          const { disks } = oldSchema.parse(context.step.data)
          const link = work.linkOf(context.step.hostId)
          const record = await link.refreshDomain(vmId)
          if (record !== null && isActiveState(record.state)) {
            throw new AppError('vm.wrong-status', { name: record.name, status: 'up', action: 'backup.restore' })
          }
          for (const disk of disks) await work.run(disk.storageDomainId, swapScript([disk]))
          const vm = context.model().vms.get(vmId)
          // What was kept account of lies in files that are gone.
          for (const name of await work.readCheckpoints(vm)) {
            if (vm !== undefined) await removeCheckpoint(link, vm, name, { forgets: true })
          }
          for (const id of new Set(disks.map(({ storageDomainId }) => storageDomainId))) await refreshDisks(id)
          return { vmId }
        },
        inspect: async () => 'absent',
      },
    },
    output: ({ results }) => z.object({ vmId: vmIdSchema }).parse(results.define ?? results.swap),
  }

  async function removeParts({ step }: Context): Promise<void> {
    for (const { storageDomainId, part } of oldSchema.parse(step.data).disks) {
      await work.run(storageDomainId, `rm -f -- ${shellQuote(part)}`)
    }
  }

  function planNew(
    model: Parameters<typeof decideNewMachine>[0],
    backup: KnownBackup,
    input: RestoreInput,
    freshId: string,
  ): PlanDraft {
    const found = decideNewMachine(model, backup, input, freshId)
    if (found instanceof AppError) throw found
    const { hostId, identity, disks, xml } = found
    const { vmId, name, macAddresses } = identity
    const storageDomainId = input.storageDomainId ?? backup.storageDomainId
    const host = model.hosts.get(hostId)
    const params = {
      vm: name,
      host: host?.name ?? hostId,
      domain: model.storageDomains.get(storageDomainId)?.name ?? '',
    }
    const data: z.infer<typeof newSchema> = {
      hostId,
      vmId,
      name,
      macAddresses: [...macAddresses],
      xml,
      disks: [...disks],
    }
    const datacenterId = model.clusters.get(host?.clusterId as never)?.datacenterId ?? ''
    return {
      locks: [
        exclusive(`vm:${vmId}`),
        exclusive(`vm-name:${datacenterId}:${name.toLowerCase()}`),
        ...[...macAddresses].sort().map((mac) => exclusive(`mac:${mac}`)),
        shared(`host:${hostId}`),
        domainLock(backup.storageDomainId),
        ...(storageDomainId === backup.storageDomainId ? [] : [domainLock(storageDomainId)]),
        ...disks.map(({ definition }) => diskLock(definition.id)),
      ],
      touches: [{ kind: 'vm', id: vmId, name }],
      steps: [
        { action: 'disks', hostId, text: { key: 'backup-restoring', params }, data, weight: 20, cancellable: true },
        { action: 'define', hostId, text: { key: 'defining', params }, data },
      ],
    }
  }

  function planOld(
    model: Parameters<typeof decidePutBack>[0],
    backup: KnownBackup,
    vmId: Parameters<typeof decidePutBack>[2],
    workId: string,
  ): PlanDraft {
    const found = decidePutBack(model, backup, vmId)
    if (found instanceof AppError) throw found
    const { vm } = found
    const params = { vm: vm.name, host: model.hosts.get(vm.hostId)?.name ?? vm.hostId }
    const data: z.infer<typeof oldSchema> = {
      disks: found.disks.map(({ target, disk }) => ({
        target,
        format: disk.format === 'raw' ? ('raw' as const) : ('qcow2' as const),
        diskId: disk.id,
        storageDomainId: disk.storageDomainId,
        path: disk.path,
        part: `${dirname(disk.path)}/${PART_PREFIX}${workId}-${target}`,
      })),
    }
    return {
      locks: [
        exclusive(`vm:${vm.id}`),
        shared(`host:${vm.hostId}`),
        ...locksOn(model, vm.id, [backup.storageDomainId]),
      ],
      touches: [{ kind: 'vm', id: vm.id, name: vm.name }],
      steps: [
        {
          action: 'write',
          hostId: vm.hostId,
          text: { key: 'backup-writing', params },
          data,
          weight: 20,
          cancellable: true,
        },
        { action: 'swap', hostId: vm.hostId, text: { key: 'backup-swapping', params }, data },
      ],
    }
  }
}

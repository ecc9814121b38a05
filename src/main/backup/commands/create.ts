import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import {
  type BackupDisk,
  backupDiskSchema,
  backupIdSchema,
  backupKindSchema,
  backupReasonSchema,
  type Vm,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import {
  decideDataDomain,
  decideDiskIdle,
  decideDomainTakes,
  decideHostHas,
  decideInFolder,
  firstRefusal,
  type MachineDefinitions,
  runLong,
  whenReachable,
} from '../../disk/index.ts'
import type { ModelSnapshot, OperationHandler, StepContext } from '../../engine/index.ts'
import { type HostLink, isActiveState, refreshEverywhere } from '../../hosts/index.ts'
import { decideAction, planOnVm, requireVm, vmSubject } from '../../vm/index.ts'
import { withoutSecrets } from '../../xml/index.ts'
import { type BackupManifest, backupFileName, backupFolder } from '../backup-manifest.ts'
import { type BackupDependencies, createBackupWork, locksOn } from '../backup-work.ts'
import { buildBackupXml, buildCheckpointXml } from '../backup-xml.ts'
import { backedUpDisks, decideBackup, decideRetired } from '../decide-backup.ts'
import { checkFileScript, copyDiskScript, makeBackupScript } from '../on-host/scripts.ts'
import { endPush, removeCheckpoint, runPush } from '../push-job.ts'

type Context = StepContext<'backup.create'>

const WORK_MS = 7 * 24 * 60 * 60_000

/** What the steps go by. */
const dataSchema = z.object({
  kind: backupKindSchema,
  reason: backupReasonSchema.nullable(),
  parentId: backupIdSchema.nullable(),
  parentCheckpoint: z.string().nullable(),
  checkpoint: z.string().nullable(),
  isRunning: z.boolean(),
  disks: z.array(backupDiskSchema.omit({ sizeBytes: true }).extend({ source: z.string() })),
  others: z.array(z.string()),
})
const checkedSchema = z.object({ createdAt: z.number(), disks: z.array(backupDiskSchema) })

/** Backs a machine up: by its QEMU while it runs, else by copying its disks. */
export function createBackupCreate(
  dependencies: BackupDependencies & { readonly machines: MachineDefinitions },
): OperationHandler<'backup.create'> {
  const { hosts, projection, machines, clock } = dependencies
  const work = createBackupWork(dependencies)

  const atWork = (context: Context) => {
    const { input, model, step, ids } = context
    const vm = requireVm(model(), input.vmId)
    const data = dataSchema.parse(step.data)
    const backupId = backupIdSchema.parse(ids.backupId)
    const { domain } = projection.placeOf(input.storageDomainId)
    return {
      vm,
      data,
      backupId,
      link: work.linkOf(step.hostId),
      folder: `${domain.targetPath}/${backupFolder(backupId)}`,
    }
  }

  const decide = (model: ModelSnapshot, input: ParsedInput<'backup.create'>) => {
    const vm = requireVm(model, input.vmId)
    const host = model.hosts.get(vm.hostId)
    return decideBackup(vm, {
      ...input,
      backups: projection.ofVm(vm.id),
      checkpoints: work.checkpointsOf(vm.id),
      host: { name: host?.name ?? vm.hostId, libvirtVersion: host?.facts?.libvirtVersion ?? '0' },
      sizes: sizesOf(model, vm),
    })
  }

  return {
    name: 'backup.create',
    ids: ['backupId'],
    subject: vmSubject,
    admit: async (_identity, { vmId }, model) => {
      const busy = disksOf(model, vmId).map(({ id }) => decideDiskIdle(model, id))
      const refusal = firstRefusal(...busy)
      if (refusal === null) await work.readCheckpoints(model.vms.get(vmId))
      return refusal
    },
    refresh: async ({ input, model }) => {
      await refreshEverywhere(hosts.list(), input.vmId)
      await work.readCheckpoints(model().vms.get(input.vmId))
      await projection.refresh(input.storageDomainId)
    },
    validate: (model, input) => {
      const { vmId, storageDomainId } = input
      const refusal = firstRefusal(
        decideAction(model, vmId, 'backup.create'),
        decideDataDomain(model, storageDomainId),
        decideInFolder(model, storageDomainId, 'backup.create'),
        decideDomainTakes(model, storageDomainId, 0),
        decideHostHas(model, requireVm(model, vmId).hostId, storageDomainId),
      )
      if (refusal !== null) return refusal
      // Whether libvirt has what an incremental one needs, is only known once it was asked.
      const method = decide(model, { ...input, kind: input.kind === 'incremental' ? 'auto' : input.kind })
      return method instanceof AppError ? method : decideRoom(model, input, method.kind === 'full')
    },
    auditParams: ({ kind, checkpoint }) => ({ kind, checkpoint }),
    plan: (model, input, ids) => {
      const method = decide(model, input)
      if (method instanceof AppError) throw method
      const vm = requireVm(model, input.vmId)
      const { kind, reason, parent, disks, isRunning } = method
      const sizes = sizesOf(model, vm)
      const chosen = new Set(disks.map(({ target }) => target))
      const data: z.input<typeof dataSchema> = {
        kind,
        reason,
        parentId: parent?.id ?? null,
        parentCheckpoint: parent?.checkpoint ?? null,
        checkpoint: method.keepsCheckpoint ? `virtdeck-${(ids.backupId ?? '').slice(0, 13)}` : null,
        isRunning,
        disks: disks.map(({ target, format, source }) => ({
          target,
          format: format === 'raw' ? ('raw' as const) : ('qcow2' as const),
          virtualBytes: sizes.get(target) ?? 0,
          source: source ?? '',
        })),
        others: vm.disks.flatMap(({ target, source }) => (chosen.has(target) || source === null ? [] : [target])),
      }
      const domain = model.storageDomains.get(input.storageDomainId)?.name ?? ''
      const copyKey = isRunning ? `backup-pushing-${kind}` : 'backup-copying'
      const draft = planOnVm(model, vm.id, [
        { action: 'prepare', key: 'backup-preparing', data },
        { action: 'copy', key: copyKey, data, weight: 20, cancellable: true },
        { action: 'check', key: 'backup-checking', data, weight: 2 },
        { action: 'keep', key: 'backup-keeping', data },
      ])
      const steps = draft.steps.map((step) => ({
        ...step,
        text: { ...step.text, params: { ...step.text.params, domain } },
      }))
      return { ...draft, steps, locks: [...draft.locks, ...locksOn(model, vm.id, [input.storageDomainId])] }
    },
    // What was not whole then is not made whole hours later: the machine is another one by then.
    afterCrash: 'undo',
    steps: {
      prepare: {
        run: async (context) => {
          const { data, backupId, link, vm } = atWork(context)
          const sizes = await fetchSizes(context, data.disks)
          const files = data.disks.map(({ target }) => ({
            fileName: backupFileName(target),
            sizeBytes: sizes.get(target) ?? 0,
          }))
          const xml = withoutSecrets(await machines.stored(link, vm))
          const { storageDomainId } = context.input
          try {
            await work.run(storageDomainId, makeBackupScript(backupId, files, data.parentId), context.signal)
          } catch (error) {
            await work.remove(storageDomainId, [backupId])
            throw error
          }
          return { xml, sizes: Object.fromEntries(sizes) }
        },
        undo: async (context) => {
          await whenReachable(context.model, context.input.storageDomainId, { clock, signal: context.signal })
          const { vm, link, backupId, folder, data } = atWork(context)
          await endPush(link, vm, folder)
          if (data.checkpoint !== null)
            await removeCheckpoint(link, vm, data.checkpoint, { forgets: !(await isActive(link, vm)) })
          await work.remove(context.input.storageDomainId, [backupId])
        },
        // Its undoing does no harm where nothing is.
        inspect: async () => 'done',
      },
      copy: {
        timeoutMs: WORK_MS,
        run: async (context) => {
          const { vm, link, data, folder } = atWork(context)
          const { signal, progress } = context
          const isRunning = await isActive(link, vm)
          if (isRunning !== data.isRunning) throw new AppError('backup.machine-stopped', { name: vm.name })
          const createdAt = clock.now()
          if (!isRunning) {
            for (const [index, { source, format, target }] of data.disks.entries()) {
              const report = (part: number) => progress((index + part) / data.disks.length)
              const script = copyDiskScript({ path: source, format }, backupFileName(target))
              await work.runTool(link, folder, script, { signal, report })
            }
            return { createdAt }
          }
          const targets = data.disks.map(({ target }) => ({ target, path: `${folder}/${backupFileName(target)}` }))
          const backupXml = buildBackupXml(targets, data.others, data.parentCheckpoint)
          const names = targets.map(({ target }) => target)
          const checkpointXml =
            data.checkpoint === null ? null : buildCheckpointXml(data.checkpoint, names, data.others)
          try {
            await runPush(link, vm, { backupXml, checkpointXml }, { clock, signal, report: progress })
          } catch (error) {
            // A call that was under way then fails in its own words.
            throw signal.aborted ? signal.reason : error
          }
          return { createdAt }
        },
        inspect: async () => 'absent',
      },
      check: {
        timeoutMs: WORK_MS,
        run: async (context) => {
          const { vm, link, data, folder } = atWork(context)
          const { createdAt } = z.object({ createdAt: z.number() }).parse(context.results.copy)
          const { sizes } = z.object({ sizes: z.record(z.string(), z.number()) }).parse(context.results.prepare)
          const disks: BackupDisk[] = []
          for (const { target, format } of data.disks) {
            const script = checkFileScript(backupFileName(target))
            const end = await runLong(link, folder, script, { signal: context.signal })
            if (end.exitCode !== 0) {
              const detail = end.stderr.trim().slice(0, 300)
              throw new AppError('backup.damaged', { name: vm.name, target, detail }, { subject: vm.name })
            }
            const [blocks = 0, size = 0] = end.stdout.trim().split(' ').map(Number)
            disks.push({ target, format, virtualBytes: sizes[target] ?? 0, sizeBytes: blocks * size })
          }
          return { createdAt, disks }
        },
        inspect: async () => 'absent',
      },
      keep: {
        // It is whole: from here on older ones may go.
        noReturn: true,
        run: async (context) => {
          const { vm, link, data, backupId } = atWork(context)
          const { storageDomainId, description, keep } = context.input
          const { xml } = z.object({ xml: z.string() }).parse(context.results.prepare)
          const { kind, reason, parentId, checkpoint, isRunning: fromRunning } = data
          const manifest: BackupManifest = {
            version: 1,
            id: backupId,
            name: vm.name,
            vmId: vm.id,
            kind,
            parentId,
            description,
            fromRunning,
            checkpoint,
            xml,
            ...checkedSchema.parse(context.results.check),
          }
          await work.writeManifest(storageDomainId, backupId, JSON.stringify(manifest))
          await projection.refresh(storageDomainId)
          // One is enough to go on from; libvirt adds what it has to the one before it.
          const old = (await work.readCheckpoints(vm)).filter((name) => name.startsWith('virtdeck-'))
          for (const name of (await isActive(link, vm)) ? old : []) {
            if (name !== checkpoint) await removeCheckpoint(link, vm, name, { forgets: false })
          }
          await work.readCheckpoints(vm)
          const here = projection.ofVm(vm.id).filter((each) => each.storageDomainId === storageDomainId)
          const retired = keep === undefined ? [] : decideRetired(here, keep)
          await work.remove(storageDomainId, retired.map(({ id }) => id).reverse())
          return { backupId, kind, reason }
        },
        inspect: async () => 'absent',
      },
    },
    output: ({ results }) =>
      z
        .object({ backupId: backupIdSchema, kind: backupKindSchema, reason: backupReasonSchema.nullable() })
        .parse(results.keep),
  }

  /** The sizes that the guest sees, of disks that may be in no domain, too. Errors: backup.damaged, those of the host. */
  async function fetchSizes(context: Context, disks: z.infer<typeof dataSchema>['disks']) {
    const { vm, link } = atWork(context)
    return work.fetchSizes(link, vm, disks, context.signal)
  }
}

async function isActive(link: HostLink, vm: Pick<Vm, 'id'>): Promise<boolean> {
  const record = await link.refreshDomain(vm.id)
  return record !== null && isActiveState(record.state)
}

function disksOf(model: ModelSnapshot, vmId: Vm['id']) {
  return [...model.disks.values()].filter(({ usedBy }) => usedBy.some((use) => use.vmId === vmId))
}

function sizesOf(model: ModelSnapshot, vm: Vm): ReadonlyMap<string, number> {
  const byPath = new Map([...model.disks.values()].map(({ path, virtualBytes }) => [path, virtualBytes]))
  return new Map(
    backedUpDisks(vm).flatMap(({ target, source }) => {
      const size = byPath.get(source ?? '') ?? null
      return size === null ? [] : [[target, size] as const]
    }),
  )
}

/** Is there room for all that its disks take now? An incremental one takes less, and nobody knows how much. */
function decideRoom(
  model: ModelSnapshot,
  { vmId, storageDomainId }: ParsedInput<'backup.create'>,
  isFull: boolean,
): AppError | null {
  const paths = new Set(backedUpDisks(requireVm(model, vmId)).map(({ source }) => source))
  const used = [...model.disks.values()].filter(({ path }) => paths.has(path))
  const bytes = used.reduce((sum, { allocatedBytes }) => sum + (allocatedBytes ?? 0), 0)
  return decideDomainTakes(model, storageDomainId, isFull ? bytes : 0)
}

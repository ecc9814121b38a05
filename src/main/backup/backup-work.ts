import type { BackupId, StorageDomainId, Vm, VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import {
  type Disks,
  diskLock,
  domainLock,
  type LongRunOptions,
  runAsRoot,
  runLong,
  throwUnlessDone,
  writeFileScript,
} from '../disk/index.ts'
import type { Clock, ModelSnapshot } from '../engine/index.ts'
import { type HostLink, type HostRegistry, shellQuote } from '../hosts/index.ts'
import type { OwnActions } from '../vm/index.ts'
import { backupFolder, type KnownBackup, MANIFEST_NAME } from './backup-manifest.ts'
import type { BackupsProjection } from './backups-projection.ts'
import { removeBackupsScript } from './on-host/scripts.ts'
import { fetchCheckpoints } from './push-job.ts'

const SHORT_MS = 60_000
/** Removing large files takes a while. */
const REMOVE_MS = 10 * 60_000
const VMS_LIMIT = 256

/** What the commands on backups need of the rest of the engine. */
export interface BackupDependencies {
  readonly hosts: HostRegistry
  readonly projection: BackupsProjection
  readonly machineDisks: Disks['machineDisks']
  readonly refreshDisks: Disks['refresh']
  readonly ownActions: OwnActions
  readonly clock: Clock
}

/** What they share. */
export function createBackupWork({ hosts, projection }: BackupDependencies) {
  /** What libvirt was last heard to keep of machines: by it commands are decided, which do no I/O then. */
  const checkpoints = new Map<VmId, readonly string[]>()

  const linkOf = (hostId: Vm['hostId'] | string | null) => hosts.get(hostId as Vm['hostId'])

  return {
    linkOf,

    /** A short script in a domain's folder. Errors: those of the host. */
    run: (storageDomainId: StorageDomainId, script: string, signal?: AbortSignal): Promise<string> => {
      const { domain, host } = projection.placeOf(storageDomainId)
      const inFolder = `umask 0077; cd -- ${shellQuote(domain.targetPath)} || exit; ${script}`
      return runAsRoot(host, inFolder, { path: domain.targetPath, timeoutMs: SHORT_MS, signal })
    },

    /** A long one of qemu-img in a folder of a host, which has to succeed. Errors: disk.tool-missing, those of the host. */
    runTool: async (host: HostLink, folder: string, script: string, options: LongRunOptions): Promise<void> =>
      throwUnlessDone({ host, folder }, await runLong(host, folder, script, options), 'qemu-img'),

    /** Has a backup say of itself that it is whole, to disk. Errors: storage.full, those of the host. */
    writeManifest: async (storageDomainId: StorageDomainId, backupId: BackupId, text: string): Promise<void> => {
      const { domain, host } = projection.placeOf(storageDomainId)
      const path = `${domain.targetPath}/${backupFolder(backupId)}`
      const input = Buffer.from(text).toString('base64')
      const script = `umask 0077; cd -- ${shellQuote(path)} || exit; ${writeFileScript(MANIFEST_NAME)}`
      await runAsRoot(host, script, { path, timeoutMs: SHORT_MS, input })
    },

    /** What the guest sees of each disk, in bytes. Errors: backup.damaged, those of the host. */
    fetchSizes: async (
      link: HostLink,
      vm: Pick<Vm, 'name'>,
      disks: readonly { readonly target: string; readonly source: string }[],
      signal: AbortSignal,
    ): Promise<ReadonlyMap<string, number>> => {
      const sizes = new Map<string, number>()
      for (const { target, source } of disks) {
        const script = `qemu-img info -U --output=json -- ${shellQuote(source)}`
        const told = await runAsRoot(link, script, { path: source, timeoutMs: SHORT_MS, signal })
        const size = Number(/"virtual-size": (\d+)/.exec(told)?.[1])
        if (!Number.isSafeInteger(size)) {
          throw new AppError('backup.damaged', { name: vm.name, target, detail: told.trim().slice(0, 200) })
        }
        sizes.set(target, size)
      }
      return sizes
    },

    /** Removes backups of one domain, and shows what is left. Those that are gone do no harm. Errors: those of the host. */
    remove: async (storageDomainId: StorageDomainId, ids: readonly BackupId[]): Promise<void> => {
      if (ids.length === 0) return
      const { domain, host } = projection.placeOf(storageDomainId)
      const script = `cd -- ${shellQuote(domain.targetPath)} || exit; ${removeBackupsScript(ids)}`
      await runAsRoot(host, script, { path: domain.targetPath, timeoutMs: REMOVE_MS })
      await projection.refresh(storageDomainId)
    },

    /** What libvirt keeps of a machine. Errors: those of the link. */
    readCheckpoints: async (vm: Pick<Vm, 'id' | 'name' | 'hostId'> | undefined): Promise<readonly string[]> => {
      const link = vm === undefined ? null : hosts.find(vm.hostId)
      if (vm === undefined || link?.isLive !== true) return []
      const found = await fetchCheckpoints(link, vm)
      checkpoints.delete(vm.id)
      checkpoints.set(vm.id, found)
      for (const oldest of checkpoints.keys()) {
        if (checkpoints.size <= VMS_LIMIT) break
        checkpoints.delete(oldest)
      }
      return found
    },

    checkpointsOf: (vmId: VmId): readonly string[] => checkpoints.get(vmId) ?? [],
  }
}

export type BackupWork = ReturnType<typeof createBackupWork>

/** The backup of that id. Throws backup.not-found. */
export function requireBackup(projection: BackupsProjection, backupId: BackupId): KnownBackup {
  const backup = projection.find(backupId)
  if (backup === undefined) throw new AppError('backup.not-found', { backupId })
  return backup
}

/** Held while a machine's disks and those domains are worked on. Pure. */
export function locksOn(model: ModelSnapshot, vmId: VmId, storageDomainIds: readonly StorageDomainId[]) {
  const disks = [...model.disks.values()].filter(
    ({ kind, shareable, usedBy }) => kind === 'disk' && !shareable && usedBy.some((use) => use.vmId === vmId),
  )
  const domains = new Set([...storageDomainIds, ...disks.map(({ storageDomainId }) => storageDomainId)])
  return [
    ...[...domains].sort().map(domainLock),
    ...disks
      .map(({ id }) => id)
      .sort()
      .map(diskLock),
  ]
}

import type { StorageDomainId } from '../../shared/domain/index.ts'
import type { Clock, FeatureHandlers, LiveTopics, Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { Inventory } from '../inventory/index.ts'
import { createDiskAdopt } from './commands/adopt.ts'
import { createDiskCopy } from './commands/copy.ts'
import { createDiskCreate } from './commands/create.ts'
import { createDiskDownload } from './commands/download.ts'
import { createDiskEdit } from './commands/edit.ts'
import { createDiskMove } from './commands/move.ts'
import { createDiskRemove } from './commands/remove.ts'
import { createDiskResize } from './commands/resize.ts'
import { createDiskSparsify } from './commands/sparsify.ts'
import { createDiskUpload } from './commands/upload.ts'
import { createDiskUploadUrl } from './commands/upload-url.ts'
import { findPlace } from './disk-place.ts'
import { DiskStore } from './disk-store.ts'
import type { DiskDependencies } from './disk-work.ts'
import { DisksProjection, type DisksProjectionOptions } from './disks-projection.ts'
import { lookAtFile } from './look-at-file.ts'
import { createMachineDisks, type MachineDisks } from './machine-disks.ts'
import { type DiskRegistrar, describeFound } from './register-found.ts'
import { createTransfers, type Transfers } from './transfer/transfers.ts'

export { allocatedBytesOf, decideCopyHost } from './decide-copy.ts'
export { decideDiskIdle } from './decide-idle.ts'
export { diskLock, domainLock, hostIdOf as fileHostOf, throwUnlessDone, whenReachable } from './disk-work.ts'
export type { MachineDefinitions } from './machine-definitions.ts'
export type { DiskOrigin, MachineDisks, NewMachineDisk } from './machine-disks.ts'
export { describeNewDisk, newMachineDiskSchema } from './machine-disks.ts'
export { runAsRoot } from './on-host/run-as-root.ts'
export { type LongRunOptions, runLong } from './on-host/run-long.ts'
export { PART_PREFIX, writeFileScript } from './on-host/scripts.ts'
export type { DiskRegistrar } from './register-found.ts'
export {
  decideDataDomain,
  decideDiskThere,
  decideDomainTakes,
  decideDomainUsable,
  decideFileThere,
  decideHostHas,
  decideInFolder,
  decideUnused,
  findTemplateDisk,
  firstRefusal,
  foundDiskId,
} from './rules.ts'
export { receiveVolume } from './transfer/receive-volume.ts'
export { type FileMap, fetchFileMap, relayFile } from './transfer/relay-file.ts'
export { sendVolume, TRANSFER_LIMIT_MS, type Volume } from './transfer/send-volume.ts'
export { createPaceMeter } from './transfer/transfer-pace.ts'
export type { Transfers } from './transfer/transfers.ts'

export type DiskHandlers = Pick<FeatureHandlers, Extract<keyof FeatureHandlers, `disk.${string}`>>

export interface DisksOptions
  extends Pick<DiskDependencies, 'contents' | 'machines' | 'onRemoved' | 'refreshVolumes'>,
    Pick<DisksProjectionOptions, 'look'> {
  readonly registry: HostRegistry
  readonly inventory: Pick<Inventory, 'disks' | 'edits' | 'transaction'>
  readonly topics: LiveTopics
  readonly clock: Clock
  readonly log: Log
}

/** Disks and images of storage domains. */
export interface Disks {
  readonly handlers: DiskHandlers
  readonly transfers: Transfers
  readonly registrar: DiskRegistrar
  readonly machineDisks: MachineDisks
  /** Looks at the files of a domain again: somebody else here has changed them. */
  refresh(storageDomainId: StorageDomainId): Promise<void>
  /** Makes the registered disks known. Errors: those of the inventory. */
  load(): Promise<void>
  stop(): void
}

/** Starts showing the disks of storage domains, and gives the commands on them and the way for their bytes. */
export function startDisks({
  registry,
  inventory,
  topics,
  clock,
  log,
  contents,
  machines,
  look,
  onRemoved,
  refreshVolumes,
}: DisksOptions): Disks {
  const store: DiskStore = new DiskStore({ inventory, clock, onChange: (id) => projection.show(id) })
  const transfers = createTransfers({ clock, log, model: topics.model })
  const projection: DisksProjection = new DisksProjection({ topics, registry, store, look, clock, log })
  const dependencies = { registry, store, projection, transfers, clock, contents, machines, onRemoved, refreshVolumes }
  return {
    handlers: {
      ...transfers.handlers,
      'disk.upload': createDiskUpload(dependencies),
      'disk.download': createDiskDownload(dependencies),
      'disk.upload-url': createDiskUploadUrl(dependencies),
      'disk.create': createDiskCreate(dependencies),
      'disk.edit': createDiskEdit(dependencies),
      'disk.resize': createDiskResize(dependencies),
      'disk.copy': createDiskCopy(dependencies),
      'disk.move': createDiskMove(dependencies),
      'disk.sparsify': createDiskSparsify(dependencies),
      'disk.remove': createDiskRemove(dependencies),
      'disk.adopt': createDiskAdopt(dependencies),
    },
    transfers,
    registrar: {
      look: async (storageDomainId, fileName, newId, signal) => {
        if (store.ofDomain(storageDomainId).some((disk) => disk.fileName === fileName)) return null
        const seen = await lookAtFile(
          findPlace(topics.model(), registry, storageDomainId),
          fileName,
          topics.model(),
          signal,
        )
        return describeFound({ storageDomainId, fileName, seen, newId }, { contents, store, signal })
      },
      register: async (disk) => {
        await store.save(disk)
        await projection.refresh(disk.storageDomainId)
      },
      forget: (diskId) => store.remove(diskId),
    },
    machineDisks: createMachineDisks(dependencies),
    refresh: (storageDomainId) => projection.refresh(storageDomainId, { withPool: true }),
    load: () => store.load(),
    stop: () => {
      transfers.stop()
      projection.stop()
    },
  }
}

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
import { DiskStore } from './disk-store.ts'
import { DisksProjection } from './disks-projection.ts'
import { createTransfers, type Transfers } from './transfer/transfers.ts'

export type { Transfers } from './transfer/transfers.ts'

export type DiskHandlers = Pick<FeatureHandlers, Extract<keyof FeatureHandlers, `disk.${string}`>>

export interface DisksOptions {
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
  /** Makes the registered disks known. Errors: those of the inventory. */
  load(): Promise<void>
  stop(): void
}

/** Starts showing the disks of storage domains, and gives the commands on them and the way for their bytes. */
export function startDisks({ registry, inventory, topics, clock, log }: DisksOptions): Disks {
  const store: DiskStore = new DiskStore({ inventory, clock, onChange: (id) => projection.show(id) })
  const transfers = createTransfers({ clock, log, model: topics.model })
  const projection: DisksProjection = new DisksProjection({ topics, registry, store, clock, log })
  const dependencies = { registry, store, projection, transfers, clock }
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
    load: () => store.load(),
    stop: () => {
      transfers.stop()
      projection.stop()
    },
  }
}

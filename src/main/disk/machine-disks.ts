import { z } from 'zod'
import {
  type DiskDefinition,
  type DiskId,
  type DomainStorage,
  diskDefinitionSchema,
  hostIdSchema,
  type StorageDomainId,
} from '../../shared/domain/index.ts'
import type { Inspection, ModelSnapshot } from '../engine/index.ts'
import type { DiskPlace } from './disk-place.ts'
import { createDiskWork, type DiskDependencies, throwUnlessDone } from './disk-work.ts'
import { asRootCommand } from './on-host/run-as-root.ts'
import { runLong } from './on-host/run-long.ts'
import {
  convertFromScript,
  copyImageScript,
  inFolder,
  layerScript,
  PART_PREFIX,
  removeFileScript,
  writeFileScript,
} from './on-host/scripts.ts'
import { nameOfDisk } from './rules.ts'

/** Where a disk is a volume LVM waits for its turn. */
const THIN_TIMEOUT_MS = 3 * 60_000
const OUTPUT_BYTES = 64 * 1024

/** What a machine's own work on disks is done with. */
export interface MachineDisks {
  /**
   * Makes a disk and registers it: empty, or of another one. Rejects with nothing left. Errors: disk.file-exists, disk.tool-missing, storage.full,
   * storage.unreachable, those of the host.
   */
  make(disk: NewMachineDisk, options: MakeOptions): Promise<void>
  /** The same with what an image of another folder holds, layers below it included; both are compared. Errors also: storage.host-failed where they differ. */
  makeOf(definition: DiskDefinition, image: SourceImage, options: MakeOptions): Promise<void>
  /**
   * What became of making one that was cut off: an unfinished file is taken away. Errors: those of the host.
   */
  settle(model: () => ModelSnapshot, disk: NewMachineDisk, workId: string): Promise<Inspection>
  /** Removes a disk's file for good, and forgets it. Again: does no harm. */
  remove(model: () => ModelSnapshot, disk: Pick<DiskDefinition, 'id' | 'storageDomainId' | 'fileName'>): Promise<void>
  inspect(model: () => ModelSnapshot, disk: Pick<DiskDefinition, 'storageDomainId' | 'fileName'>): Promise<Inspection>
  /** Writes a small file into a domain that lists do not show, whole or not at all. Errors as above. */
  writeHidden(model: () => ModelSnapshot, file: HiddenFile, bytes: Uint8Array): Promise<void>
  removeHidden(model: () => ModelSnapshot, file: HiddenFile): Promise<void>
}

/** What a disk is made of. */
export const diskOriginSchema = z.object({
  path: z.string(),
  format: z.string(),
  /** One inside the image; null: the image as it is now. */
  snapshot: z.string().nullable(),
  /** A machine runs on it. */
  inUse: z.boolean(),
  /** A layer on it, in the same domain; else a copy that lies on nothing. */
  thin: z.boolean(),
  /** The host that has both; null: any that has the domain. */
  hostId: hostIdSchema.nullable(),
})
export type DiskOrigin = z.output<typeof diskOriginSchema>

/** A disk that a machine is given, as plans store it. */
export const newMachineDiskSchema = z.object({
  definition: diskDefinitionSchema,
  isPreallocated: z.boolean(),
  /** Null: it is empty. */
  origin: diskOriginSchema.nullable().default(null),
})
export type NewMachineDisk = z.output<typeof newMachineDiskSchema>

export interface MakeOptions {
  readonly model: () => ModelSnapshot
  /** Its unfinished file is called after it. */
  readonly workId: string
  readonly signal: AbortSignal
  /** How far it is, 0–1. */
  readonly report?: (fraction: number) => void
}

/** A file that nobody writes meanwhile. */
export interface SourceImage {
  readonly folder: string
  readonly name: string
  readonly format: string
}

/** Its name begins with a dot. */
export interface HiddenFile {
  readonly storageDomainId: StorageDomainId
  readonly fileName: string
}

/** A new disk as it will be registered: named after what it is called. Pure. */
export function describeNewDisk(
  storage: DomainStorage,
  disk: {
    readonly id: DiskId
    readonly storageDomainId: StorageDomainId
    readonly alias: string
    readonly format: 'qcow2' | 'raw'
    readonly sizeBytes: number
    readonly shareable: boolean
    readonly readOnly: boolean
    readonly discard: boolean
  },
): DiskDefinition {
  const { sizeBytes, ...kept } = disk
  return {
    ...kept,
    fileName: nameOfDisk(storage, disk.alias, disk.id, disk.format),
    description: '',
    kind: 'disk',
    virtualBytes: sizeBytes,
    revision: 1,
  }
}

/** Creates it; see {@link MachineDisks}. */
export function createMachineDisks(dependencies: DiskDependencies): MachineDisks {
  const work = createDiskWork(dependencies)
  const { registry, projection } = dependencies
  const placeOf = (model: () => ModelSnapshot, { definition, origin }: NewMachineDisk): DiskPlace => {
    const place = work.placeOf(model, definition.storageDomainId)
    return origin === null || origin.hostId === null ? place : { ...place, host: registry.get(origin.hostId) }
  }
  // Quick enough for the session of all short things: twenty machines are made at once.
  async function makeThin(place: DiskPlace, script: string, signal: AbortSignal): Promise<void> {
    const limits = { timeoutMs: THIN_TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES, signal }
    const command = asRootCommand(inFolder(place.folder, script))
    const { exitCode, stdout, stderr } = await place.host.runScript(command, limits)
    throwUnlessDone(place, { exitCode: exitCode ?? 1, stdout, stderr }, 'qemu-img')
  }

  return {
    make: async (disk, { model, workId, signal, report }) => {
      const { definition, isPreallocated, origin } = disk
      const place = placeOf(model, disk)
      const part = `${PART_PREFIX}${workId}`
      const { format, virtualBytes } = definition
      try {
        if (origin?.thin === true) {
          const base = { name: origin.path.slice(origin.path.lastIndexOf('/') + 1), format: origin.format }
          await makeThin(place, layerScript(base, part), signal)
        } else if (origin !== null) {
          const script = copyImageScript(origin, part, format)
          throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal, report }), 'qemu-img')
        } else {
          const script = place.files.create(part, { format, sizeBytes: virtualBytes ?? 0, isPreallocated })
          if (isPreallocated) {
            throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal }), 'qemu-img')
          } else await makeThin(place, script, signal)
        }
        await work.publish(place, part, definition)
      } catch (error) {
        await work.run(place, place.files.remove(part))
        await projection.refresh(definition.storageDomainId, { withPool: true })
        throw error
      }
    },
    makeOf: async (definition, image, { model, workId, signal, report }) => {
      const place = work.placeOf(model, definition.storageDomainId)
      const part = `${PART_PREFIX}${workId}`
      try {
        const script = convertFromScript(image, image.format, { name: part, format: definition.format })
        throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal, report }), 'qemu-img')
        await work.publish(place, part, definition)
      } catch (error) {
        await work.run(place, place.files.remove(part))
        await projection.refresh(definition.storageDomainId, { withPool: true })
        throw error
      }
    },
    settle: async (model, disk, workId) => {
      const { storageDomainId, fileName } = disk.definition
      const place = work.placeOf(model, storageDomainId)
      // One that was cut off is not whole, and nobody can say whether it is.
      await work.run(place, place.files.remove(`${PART_PREFIX}${workId}`))
      await projection.refresh(storageDomainId, { withPool: true })
      return work.inspectFile(model, storageDomainId, fileName)
    },
    remove: (model, disk) => work.remove(work.placeOf(model, disk.storageDomainId), disk),
    inspect: (model, disk) => work.inspectFile(model, disk.storageDomainId, disk.fileName),
    writeHidden: async (model, { storageDomainId, fileName }, bytes) => {
      const input = Buffer.from(bytes).toString('base64')
      await work.run(work.placeOf(model, storageDomainId), writeFileScript(fileName), undefined, input)
    },
    removeHidden: async (model, { storageDomainId, fileName }) => {
      await work.run(work.placeOf(model, storageDomainId), removeFileScript(fileName))
    },
  }
}

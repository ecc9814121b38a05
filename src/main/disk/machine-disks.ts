import type { DiskDefinition, DiskId, DomainStorage, StorageDomainId } from '../../shared/domain/index.ts'
import type { Inspection, ModelSnapshot } from '../engine/index.ts'
import type { DiskPlace } from './disk-place.ts'
import { createDiskWork, type DiskDependencies, throwUnlessDone } from './disk-work.ts'
import { asRootCommand } from './on-host/run-as-root.ts'
import { runLong } from './on-host/run-long.ts'
import { convertFromScript, inFolder, PART_PREFIX, removeFileScript, writeFileScript } from './on-host/scripts.ts'
import { nameOfDisk } from './rules.ts'

/** Where a disk is a volume LVM waits for its turn. */
const THIN_TIMEOUT_MS = 3 * 60_000
const OUTPUT_BYTES = 64 * 1024

/** What a machine's own work on disks is done with. */
export interface MachineDisks {
  /**
   * Makes an empty disk and registers it. Rejects with nothing left. Errors: disk.file-exists, disk.tool-missing, storage.full,
   * storage.unreachable, those of the host.
   */
  make(disk: NewMachineDisk, options: MakeOptions): Promise<void>
  /** The same with what an image of another folder holds, layers below it included; both are compared. Errors also: storage.host-failed where they differ. */
  makeOf(definition: DiskDefinition, image: SourceImage, options: MakeOptions): Promise<void>
  /** Removes a disk's file for good, and forgets it. Again: does no harm. */
  remove(model: () => ModelSnapshot, disk: Pick<DiskDefinition, 'id' | 'storageDomainId' | 'fileName'>): Promise<void>
  inspect(model: () => ModelSnapshot, disk: Pick<DiskDefinition, 'storageDomainId' | 'fileName'>): Promise<Inspection>
  /** Writes a small file into a domain that lists do not show, whole or not at all. Errors as above. */
  writeHidden(model: () => ModelSnapshot, file: HiddenFile, bytes: Uint8Array): Promise<void>
  removeHidden(model: () => ModelSnapshot, file: HiddenFile): Promise<void>
}

export interface NewMachineDisk {
  readonly definition: DiskDefinition
  readonly isPreallocated: boolean
}

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
  // Quick enough for the session of all short things: twenty machines are made at once.
  async function makeThin(place: DiskPlace, script: string, signal: AbortSignal): Promise<void> {
    const limits = { timeoutMs: THIN_TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES, signal }
    const command = asRootCommand(inFolder(place.folder, script))
    const { exitCode, stdout, stderr } = await place.host.runScript(command, limits)
    throwUnlessDone(place, { exitCode: exitCode ?? 1, stdout, stderr }, 'qemu-img')
  }

  return {
    make: async ({ definition, isPreallocated }, { model, workId, signal }) => {
      const place = work.placeOf(model, definition.storageDomainId)
      const part = `${PART_PREFIX}${workId}`
      const { format, virtualBytes } = definition
      try {
        const script = place.files.create(part, { format, sizeBytes: virtualBytes ?? 0, isPreallocated })
        if (isPreallocated) {
          throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal }), 'qemu-img')
        } else await makeThin(place, script, signal)
        await work.publish(place, part, definition)
      } catch (error) {
        await work.run(place, place.files.remove(part))
        await dependencies.projection.refresh(definition.storageDomainId, { withPool: true })
        throw error
      }
    },
    makeOf: async (definition, image, { model, workId, signal, report }) => {
      const place = work.placeOf(model, definition.storageDomainId)
      const part = `${PART_PREFIX}${workId}`
      try {
        const script = convertFromScript(image, image.format, { name: part, format: definition.format })
        const onOutput = (text: string) => {
          const percent = Number([...text.matchAll(/\((\d+\.\d+)\/100%\)/g)].at(-1)?.[1])
          if (Number.isFinite(percent)) report?.(percent / 100)
        }
        throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal, onOutput }), 'qemu-img')
        await work.publish(place, part, definition)
      } catch (error) {
        await work.run(place, place.files.remove(part))
        await dependencies.projection.refresh(definition.storageDomainId, { withPool: true })
        throw error
      }
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

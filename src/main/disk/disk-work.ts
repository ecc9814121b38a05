import type { DiskDefinition, DiskId, HostId, StorageDomainId } from '../../shared/domain/index.ts'
import { diskIdSchema } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, exclusive, type Inspection, type ModelSnapshot, shared } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { DomainContents } from '../storage/index.ts'
import { type DiskPlace, decideHostOf, findPlace } from './disk-place.ts'
import type { DiskStore } from './disk-store.ts'
import type { DisksProjection } from './disks-projection.ts'
import type { MachineDefinitions } from './machine-definitions.ts'
import { asRootCommand, hostFailed, runAsRoot } from './on-host/run-as-root.ts'
import type { LongRunEnd } from './on-host/run-long.ts'
import { IN_THE_WAY, inFolder, NOT_THERE, PART_PREFIX } from './on-host/scripts.ts'
import type { Transfers } from './transfer/transfers.ts'

/** What the commands on disks need of the rest of the engine. */
export interface DiskDependencies {
  readonly registry: Pick<HostRegistry, 'get'>
  readonly store: DiskStore
  readonly projection: Pick<DisksProjection, 'refresh' | 'lock'>
  readonly transfers: Pick<Transfers, 'openIncoming' | 'openOutgoing'>
  readonly clock: Clock
  /** What domains say of what is in them. */
  readonly contents: DomainContents
  /** Has a host see that volumes on LUNs which it uses were extended. */
  readonly refreshVolumes: (hostId: HostId, paths: readonly string[], signal: AbortSignal) => Promise<void>
  readonly machines: MachineDefinitions
  /** A registered disk is not in that domain any more: what the domain says of it is to go, too. */
  readonly onRemoved: (storageDomainId: StorageDomainId, diskId: DiskId) => Promise<void>
}

const SHORT_MS = 3 * 60_000

/** Held while files of a domain are worked on: it is not taken out of use meanwhile. */
export function domainLock(storageDomainId: StorageDomainId) {
  return shared(`storage:${storageDomainId}`)
}

/** Held while this disk is worked on. */
export function diskLock(diskId: DiskId) {
  return exclusive(`disk:${diskId}`)
}

/** The host that a plan names for a domain; null: none has it now. */
export function hostIdOf(model: ModelSnapshot, storageDomainId: StorageDomainId): string | null {
  const domain = model.storageDomains.get(storageDomainId)
  return domain === undefined ? null : decideHostOf(model, domain)
}

const REACH_TRIES = 80
const REACH_PAUSE_MS = 500

/**
 * Waits a while for a host that has the domain: when an engine starts, hosts are there before their storage, and who fails then is tried again
 * much later. Resolves also when none came.
 */
export async function whenReachable(
  model: () => ModelSnapshot,
  storageDomainId: StorageDomainId,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  for (let tries = 0; tries < REACH_TRIES && hostIdOf(model(), storageDomainId) === null; tries += 1) {
    if (signal.aborted) return
    await new Promise<void>((resolve) => clock.after(REACH_PAUSE_MS, resolve))
  }
}

/** The name of an operation's unfinished file; `stage` where it makes several. */
export function partName(operationId: string, stage = 0): string {
  return `${PART_PREFIX}${operationId}${stage === 0 ? '' : `-${stage}`}`
}

const STAGES = [0, 1, 2]

/** The work on files that all commands share. */
export function createDiskWork({ registry, store, projection, onRemoved }: DiskDependencies) {
  const placeOf = (model: () => ModelSnapshot, storageDomainId: StorageDomainId): DiskPlace =>
    findPlace(model(), registry, storageDomainId)

  /** A short script in a domain's folder; `input`: for its standard input. */
  async function run(place: DiskPlace, script: string, signal?: AbortSignal, input?: string): Promise<string> {
    const options = { path: place.folder, timeoutMs: SHORT_MS, signal, input }
    return runAsRoot(place.host, inFolder(place.folder, script), options)
  }

  async function exists(place: DiskPlace, name: string): Promise<boolean> {
    return (await run(place, place.files.exists(name))).trim() === 'yes'
  }

  return {
    placeOf,
    run,
    exists,

    inspectFile: async (
      model: () => ModelSnapshot,
      storageDomainId: StorageDomainId,
      name: string,
    ): Promise<Inspection> => ((await exists(placeOf(model, storageDomainId), name)) ? 'done' : 'absent'),

    /** For what does no harm when it is done once more: it is, as soon as its domain can be reached again. */
    inspectRepeatable: async (model: () => ModelSnapshot, storageDomainId: StorageDomainId): Promise<Inspection> => {
      placeOf(model, storageDomainId)
      return 'absent'
    },

    /** Takes away all that an operation has not finished. */
    removeParts: async (
      model: () => ModelSnapshot,
      storageDomainId: StorageDomainId,
      operationId: string,
    ): Promise<void> => {
      const place = placeOf(model, storageDomainId)
      await run(place, place.files.remove(...STAGES.map((stage) => partName(operationId, stage))))
      // Until it is known that there is room again, the next one would be refused for want of it.
      await projection.refresh(storageDomainId, { withPool: true })
    },

    /** Gives an unfinished file its name, and registers it. Errors: disk.file-exists, those of the host. */
    publish: async (place: DiskPlace, part: string, definition: DiskDefinition): Promise<void> => {
      const { fileName } = definition
      const script = inFolder(place.folder, place.files.publish(part, fileName, definition))
      const { exitCode, stderr } = await place.host.runScript(asRootCommand(script), {
        timeoutMs: SHORT_MS,
        maxOutputBytes: 64 * 1024,
      })
      if (exitCode === IN_THE_WAY) throw new AppError('disk.file-exists', { fileName, name: place.domain.name })
      if (exitCode !== 0) throw hostFailed(place.host, `${place.folder}/${fileName}`, stderr || `exit code ${exitCode}`)
      await store.save(definition)
      await projection.refresh(definition.storageDomainId, { withPool: true })
    },

    /**
     * Whether `publish` has taken effect. Where it was cut off after the file had its name and before the disk was on record there, it is put on
     * record: else it would be a disk that nobody knows.
     */
    inspectPublished: async (
      model: () => ModelSnapshot,
      part: string,
      definition: DiskDefinition,
    ): Promise<Inspection> => {
      const place = placeOf(model, definition.storageDomainId)
      // With the part still there, a file of that name is somebody else's.
      if ((await exists(place, part)) || !(await exists(place, definition.fileName))) return 'absent'
      if (store.get(definition.id)?.storageDomainId !== definition.storageDomainId) await store.save(definition)
      await projection.refresh(definition.storageDomainId, { withPool: true })
      return 'done'
    },

    /** Removes a disk's file, and forgets the disk. */
    remove: async (place: DiskPlace, { id, fileName }: Pick<DiskDefinition, 'id' | 'fileName'>): Promise<void> => {
      await run(place, `${place.files.remove(fileName)} || exit\nsync -- .`)
      if (store.get(id) !== undefined) {
        await onRemoved(place.domain.id, id)
        await store.remove(id)
      }
      await projection.refresh(place.domain.id, { withPool: true })
    },
  }
}

export type DiskWork = ReturnType<typeof createDiskWork>

/** Judges how a script ended. Errors: disk.tool-missing where that was its answer, those of `hostFailed`. */
export function throwUnlessDone(
  { host, folder }: Pick<DiskPlace, 'host' | 'folder'>,
  { exitCode, stderr }: LongRunEnd,
  tool: string,
): void {
  if (exitCode === NOT_THERE)
    throw new AppError('disk.tool-missing', { hostName: host.definition.name, tool }, { hostId: host.id })
  if (exitCode !== 0) throw hostFailed(host, folder, stderr || `exit code ${exitCode}`)
}

/** The id that was made for a new disk. */
export function newDiskId(ids: Readonly<Record<string, string>>): DiskId {
  return diskIdSchema.parse(ids.diskId)
}

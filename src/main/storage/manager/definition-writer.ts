import { createHash } from 'node:crypto'
import type { StorageDomainId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, Log } from '../../engine/index.ts'
import type {
  DomainFileChange,
  DomainFolder,
  DomainPool,
  EngineIdentity,
  OnHost,
  StorageHost,
} from '../on-host/types.ts'

/** A file of a domain as it should be: `vms/<uuid>.xml`. */
export interface WantedFile {
  readonly folder: DomainFolder
  readonly fileName: string
  readonly text: string
}

export interface WantedFiles {
  readonly files: readonly WantedFile[]
  /**
   * Whether the file of a VM or disk that is not wanted is to go: only of those that this engine knows, or has known. Of others, as of those
   * that were imported with the domain and are registered nowhere yet, the file may be all that there is.
   */
  readonly isOurs: (id: string) => boolean
  /** The domain is as this says. */
  readonly onWritten: () => Promise<void>
}

export interface DefinitionWriterOptions {
  readonly onHost: Pick<OnHost, 'writeFiles' | 'fetchDigests'>
  /** Through which host the domain's files can be written now, its lock being ours; null: not now. */
  readonly writerOf: (storageDomainId: StorageDomainId) => {
    readonly host: StorageHost
    readonly pool: DomainPool
    readonly owner: EngineIdentity
  } | null
  /** What the domain should have. Asked when it is written, so what changes twice meanwhile is written once. */
  readonly fetchWanted: (storageDomainId: StorageDomainId) => Promise<WantedFiles>
  readonly clock: Clock
  readonly log: Log
}

const FOLDERS: readonly DomainFolder[] = ['vms', 'disks']
/** What one call to the host carries. */
const FILES_AT_ONCE = 64
const CHARACTERS_AT_ONCE = 4 * 1024 * 1024
/** A file that is longer than this is not written: no definition is. */
const BYTES_MAX = 1024 * 1024
/** Changes that come together are written together. */
const GATHER_MS = 500
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 60_000

interface Line {
  running: Promise<void> | null
  isDue: boolean
  failures: number
  cancel: () => void
}

/**
 * Keeps the definitions that lie in domains as they should be. Nothing is queued but that a domain is to be looked at: what is there is compared by
 * digests with what should be, so what could not be written while the domain was away, or while no engine ran, is written when it is back,
 * and what is there already is not written again.
 */
export class DefinitionWriter {
  readonly #options: DefinitionWriterOptions
  readonly #lines = new Map<StorageDomainId, Line>()
  readonly #end = new AbortController()

  constructor(options: DefinitionWriterOptions) {
    this.#options = options
  }

  /** Something that belongs into the domain has changed, or the domain can be written again. */
  changed(storageDomainId: StorageDomainId): void {
    const line = this.#lines.get(storageDomainId) ?? {
      running: null,
      isDue: false,
      failures: 0,
      cancel: () => undefined,
    }
    this.#lines.set(storageDomainId, line)
    line.failures = 0
    if (line.isDue && line.running !== null) return
    line.isDue = true
    if (line.running === null) this.#runIn(storageDomainId, line, GATHER_MS)
  }

  /** The domain is to be compared, or its files differ from what they should be. */
  isBehind(storageDomainId: StorageDomainId): boolean {
    const line = this.#lines.get(storageDomainId)
    return line !== undefined && (line.isDue || line.running !== null)
  }

  /**
   * Makes the domain as it should be now, before it cannot be written any more; does nothing where it cannot already. Errors: those of
   * `OnHost.writeFiles`.
   */
  async flush(storageDomainId: StorageDomainId, signal: AbortSignal): Promise<void> {
    await this.#lines.get(storageDomainId)?.running
    if (this.#options.writerOf(storageDomainId) === null) return
    await this.#write(storageDomainId, AbortSignal.any([signal, this.#end.signal]))
  }

  forget(storageDomainId: StorageDomainId): void {
    this.#lines.get(storageDomainId)?.cancel()
    this.#lines.delete(storageDomainId)
  }

  async stop(): Promise<void> {
    this.#end.abort(new AppError('engine.stopping', {}, { retry: 'safe' }))
    for (const { cancel } of this.#lines.values()) cancel()
    await Promise.all([...this.#lines.values()].flatMap(({ running }) => running ?? []))
  }

  #runIn(storageDomainId: StorageDomainId, line: Line, delayMs: number): void {
    if (this.#end.signal.aborted) return
    line.cancel()
    line.cancel = this.#options.clock.after(delayMs, () => {
      line.running = this.#run(storageDomainId, line).finally(() => {
        line.running = null
        if (!line.isDue || this.#lines.get(storageDomainId) !== line) return
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(line.failures, 10))
        this.#runIn(storageDomainId, line, line.failures === 0 ? GATHER_MS : pauseMs)
      })
    })
  }

  async #run(storageDomainId: StorageDomainId, line: Line): Promise<void> {
    const { log } = this.#options
    line.isDue = false
    try {
      await this.#write(storageDomainId, this.#end.signal)
      line.failures = 0
    } catch (error) {
      line.isDue = true
      line.failures += 1
      if (!isAppError(error))
        log.error({ err: error, storageDomainId }, 'writing definitions into a storage domain failed by a bug')
      else if (line.failures === 1)
        log.warn({ err: error, storageDomainId }, 'definitions could not be written into a storage domain')
    }
  }

  async #write(storageDomainId: StorageDomainId, signal: AbortSignal): Promise<void> {
    const { writerOf, fetchWanted, onHost } = this.#options
    const writer = writerOf(storageDomainId)
    if (writer === null) throw new AppError('storage.not-attached', { name: storageDomainId })
    const { host, pool, owner } = writer
    const wanted = await fetchWanted(storageDomainId)
    for (const folder of FOLDERS) {
      const there = await onHost.fetchDigests(host, pool, folder, { signal })
      const own = wanted.files.filter((file) => file.folder === folder)
      for (const changes of decideBatches(decideFileChanges(folder, { ...wanted, files: own }, there))) {
        await onHost.writeFiles(host, pool, changes, { signal, owner })
      }
    }
    await wanted.onWritten()
  }
}

/** What makes a folder of a domain as it should be. What is not known to be ours is left alone. Pure. */
export function decideFileChanges(
  folder: DomainFolder,
  wanted: Pick<WantedFiles, 'files' | 'isOurs'>,
  there: ReadonlyMap<string, string>,
): DomainFileChange[] {
  const names = new Set(wanted.files.map(({ fileName }) => fileName))
  const written = wanted.files
    .filter(({ text }) => Buffer.byteLength(text) <= BYTES_MAX)
    .filter(({ fileName, text }) => there.get(fileName) !== createHash('sha256').update(text).digest('hex'))
    .map(({ fileName, text }) => ({ folder, fileName, text }))
  const removed = [...there.keys()]
    .filter((fileName) => {
      const id = /^([0-9a-f-]{36})\.(?:xml|json)$/.exec(fileName)?.[1]
      return id !== undefined && !names.has(fileName) && wanted.isOurs(id)
    })
    .map((fileName) => ({ folder, fileName, text: null }))
  return [...written, ...removed]
}

/** Cuts changes into what one call carries, in their order. Pure. */
export function decideBatches(changes: readonly DomainFileChange[]): DomainFileChange[][] {
  const batches: DomainFileChange[][] = []
  let characters = 0
  for (const change of changes) {
    const length = change.text?.length ?? 0
    const last = batches.at(-1)
    if (last === undefined || last.length >= FILES_AT_ONCE || characters + length > CHARACTERS_AT_ONCE) {
      batches.push([change])
      characters = length
    } else {
      last.push(change)
      characters += length
    }
  }
  return batches
}

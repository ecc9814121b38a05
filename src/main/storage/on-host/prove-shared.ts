import { randomUUID } from 'node:crypto'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { mapLimit, shellQuote } from '../../hosts/index.ts'
import { writeDomainFiles } from './domain-files.ts'
import { runAsRootOrFail } from './root-script.ts'
import type { DomainPool, HostCallOptions, StorageHost } from './types.ts'

const READERS_AT_ONCE = 8
/** A client of NFS may keep what it knows of a folder for some seconds; of a name that it never asked for it knows nothing. */
const LOOKS = 20
const LOOK_SECONDS = 0.25

/**
 * Writes a token through one host and reads it through each other one, by a name that no host has asked for before. Returns why for each that
 * does not see it. Leaves no token. Errors: those of writing it.
 */
export async function proveShared(
  writer: StorageHost,
  readers: readonly StorageHost[],
  { targetPath }: Pick<DomainPool, 'targetPath'>,
  options: HostCallOptions,
): Promise<ReadonlyMap<StorageHost['id'], AppError>> {
  const others = readers.filter(({ id }) => id !== writer.id)
  if (others.length === 0) return new Map()
  const fileName = `token-${randomUUID()}`
  const text = randomUUID()
  const place = { targetPath }
  try {
    await writeDomainFiles(writer, place, [{ folder: null, fileName, text }], options)
    const path = `${targetPath}/.virtdeck/${fileName}`
    const found = await mapLimit(others, READERS_AT_ONCE, async (reader) => {
      const error = await readToken(reader, writer, targetPath, path, text, options)
      return error === null ? [] : [[reader.id, error] as const]
    })
    return new Map(found.flat())
  } finally {
    // Without the caller's signal: what was begun is cleared up. A writer that is gone clears up at its next write.
    await writeDomainFiles(writer, place, [{ folder: null, fileName, text: null }], {}).catch((error: unknown) => {
      if (!isAppError(error)) throw error
    })
  }
}

async function readToken(
  reader: StorageHost,
  writer: StorageHost,
  targetPath: string,
  path: string,
  text: string,
  options: HostCallOptions,
): Promise<AppError | null> {
  const script = `f=${shellQuote(path)}; i=0; while [ ! -f "$f" ] && [ $i -lt ${LOOKS} ]; do sleep ${LOOK_SECONDS}; i=$((i + 1)); done; if [ -f "$f" ]; then head -c 100 -- "$f"; fi; exit 0`
  try {
    const read = await runAsRootOrFail(reader, script, { ...options, path: targetPath })
    if (read === text) return null
    const names = { hostName: reader.definition.name, path: targetPath, otherHostName: writer.definition.name }
    return new AppError('storage.not-shared', names, { hostId: reader.id })
  } catch (error) {
    if (!isAppError(error) || isAppError(error, 'ssh.aborted')) throw error
    return error
  }
}

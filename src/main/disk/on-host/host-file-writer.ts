import { AppError } from '../../../shared/errors/index.ts'
import type { FileScripts } from './disk-scripts.ts'
import { asRootCommand, type DiskHost, hostFailed, refuseLocal } from './run-as-root.ts'
import { inFolder } from './scripts.ts'

/** Longest time for the host to write what it was given: beyond it, its storage hangs. */
const STALL_MS = 120_000
const OPEN_TIMEOUT_MS = 30_000

/** A file of a domain that is written on a host, over its session for bulk data. */
export interface HostFileWriter {
  /** Which boot of which host writes. Another one may not have what this one confirmed. */
  readonly bootId: string
  /** Up to where the host has it. */
  readonly confirmed: number
  /** Resolves when more may be written. Offsets only go up. The bytes are handed over. */
  write(offset: number, pieces: readonly Uint8Array[]): Promise<void>
  /** Resolves when all is on disk. */
  finish(): Promise<void>
  abort(): Promise<void>
}

/**
 * Opens a file that is there. Errors of all it does: storage.full, storage.host-failed, storage.not-answering when nothing is written for two minutes, and those of
 * the link's bulk data.
 */
export async function openHostFile(
  host: DiskHost,
  { folder, name, files }: { readonly folder: string; readonly name: string; readonly files: FileScripts },
  signal: AbortSignal,
): Promise<HostFileWriter> {
  refuseLocal(host)
  const path = `${folder}/${name}`
  const { name: hostName } = host.definition
  const command = await host.bulk.openCommand(asRootCommand(inFolder(folder, files.writeExtents(name))), {
    timeoutMs: OPEN_TIMEOUT_MS,
    // A client may pause for as long as it likes; that the host stalls is seen here.
    idleTimeoutMs: 0,
    signal,
  })
  let confirmed = 0
  let sent = 0
  let isSynced = false
  let isFinishing = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const stalled = Promise.withResolvers<never>()
  stalled.promise.catch(() => undefined)
  const watch = () => {
    clearTimeout(timer)
    if (confirmed >= sent && !isFinishing) return
    timer = setTimeout(() => {
      const params = { hostName, path, timeoutMs: STALL_MS }
      stalled.reject(new AppError('storage.not-answering', params, { hostId: host.id, retry: 'after-refresh' }))
      void command.abort()
    }, STALL_MS)
  }
  const boot = Promise.withResolvers<string>()
  const hear = (line: string) => {
    const [, bootId] = /^@boot ([0-9a-f-]{36})$/.exec(line) ?? []
    const [, offset] = /^@(\d{1,16})$/.exec(line) ?? []
    if (bootId !== undefined) boot.resolve(bootId)
    else if (offset !== undefined) confirmed = Number(offset)
    else if (line === '@synced') isSynced = true
    watch()
  }
  const ended = (async () => {
    let rest = ''
    for await (const chunk of command.output) {
      const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n')
      rest = (lines.pop() ?? '').slice(-200)
      for (const line of lines) hear(line)
    }
    const { exitCode, stderr } = await command.ended
    clearTimeout(timer)
    if (!isSynced) throw hostFailed(host, path, stderr || `exit code ${exitCode ?? 'unknown'}`)
  })()
  ended.catch((error: unknown) => {
    clearTimeout(timer)
    boot.reject(error)
  })
  boot.promise.catch(() => undefined)
  /** Why the host takes no more is said by how its command ended. */
  const orWhy = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await Promise.race([work, stalled.promise])
    } catch (error) {
      await Promise.race([ended, stalled.promise])
      throw error
    }
  }
  const bootId = await orWhy(Promise.race([boot.promise, after(OPEN_TIMEOUT_MS, hostName, path)]))

  return {
    bootId: `${host.id} ${bootId}`,
    get confirmed() {
      return confirmed
    },
    write: async (offset, pieces) => {
      const length = pieces.reduce((sum, { length: bytes }) => sum + bytes, 0)
      sent = offset + length
      watch()
      await orWhy(command.input.write(Buffer.from(`${offset} ${length}\n`)))
      for (const piece of pieces) await orWhy(command.input.write(piece))
    },
    finish: async () => {
      isFinishing = true
      watch()
      await command.input.finish()
      await Promise.race([ended, stalled.promise])
    },
    abort: async () => {
      clearTimeout(timer)
      await command.abort()
    },
  }
}

function after(delayMs: number, hostName: string, path: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new AppError('storage.not-answering', { hostName, path, timeoutMs: delayMs })),
      delayMs,
    ).unref()
  })
}

import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { AppError } from '../../../shared/errors/index.ts'
import { type Inventory, isDiskFull } from '../../inventory/index.ts'
import { guardProcess } from '../guard-process.ts'
import { openShellInventory } from '../open-inventory.ts'
import { startOrUndo } from '../start-or-undo.ts'
import { VERSION } from '../version.ts'
import { createEngineToken, removeEngineFile, writeEngineFile } from './engine-file.ts'
import { LINK_FILE_LIFETIME_MS, removeLinkFile, writeLinkFile } from './link-file.ts'
import { type EngineLog, openEngineLog } from './log.ts'
import { readPasswordHash, storePasswordFrom } from './password.ts'
import type { ServedEngine, StartedEngine } from './served-engine.ts'
import { type Server, startServer } from './server.ts'
import { openSessionStore, type SessionStore } from './sessions.ts'

export interface ServeRequest {
  readonly dataDir: string
  readonly host: string
  /** null: the port of the last run if it is free, else any. */
  readonly port: number | null
  readonly names: readonly string[]
  readonly tlsCertificatePath: string | null
  readonly tlsKeyPath: string | null
  readonly passwordFile: string | null
  /** Where a page is written that signs one browser in; it is gone once that was used, or after five minutes. */
  readonly linkFile: string | null
  /** Who signs in. */
  readonly user: string
  readonly rendererDir: string
  /** Serves simulated hosts: `dataDir` is a new one. Default: no. */
  readonly demo?: boolean
  readonly writeWarning: (line: string) => void
  /** Called as soon as the window can be opened: the engine is still starting, and whoever asks it waits. */
  readonly onListening?: (address: ServerAddress) => void
}

/** Where a server is. */
export interface ServerAddress {
  readonly url: string
  /** A sign-in link that works once. */
  readonly link: string
}

/** A served engine. */
export interface Serving extends ServerAddress {
  /** Takes nothing new, asks tasks to stop, drains connections, closes the inventory. */
  stop(): Promise<void>
}

/** How long open requests, WebSockets and tasks get to end by themselves. */
const DRAIN_LIMIT_MS = 5_000
const TASK_GRACE_MS = 10_000

/**
 * Opens the inventory of `dataDir`, serves the window, and starts the engine behind it. Errors: those of the inventory,
 * `server.*`. What was started is stopped when a later part fails.
 */
export function serve(request: ServeRequest): Promise<Serving> {
  return startOrUndo((started) => startServing(request, started))
}

async function startServing(request: ServeRequest, started: AsyncDisposableStack): Promise<Serving> {
  const tls = await readTls(request)
  const log = openEngineLog(request.dataDir, request.writeWarning)
  started.defer(() => log.close())
  started.defer(guardProcess(log.logger))
  const inventory = await openShellInventory({ dataDir: request.dataDir, log: log.logger })
  let running: StartedEngine | null = null
  started.defer(() => running?.stop() ?? inventory.close())
  const sessions = await openSessionStore(request.dataDir, { now: Date.now, monotonicMs: () => performance.now() })
  started.defer(() => sessions.flush())
  const password = await readPassword(request, sessions)
  const token = createEngineToken()
  const starting = Promise.withResolvers<ServedEngine>()
  const server = await startOnPort(request.port ?? sessions.lastPort, request.port !== null, (port) =>
    startServer({
      engine: starting.promise,
      sessions,
      token,
      user: request.user,
      rendererDir: request.rendererDir,
      host: request.host,
      port,
      names: request.names,
      tls,
      password,
      log: log.logger,
    }),
  )
  started.defer(() => server.stop(DRAIN_LIMIT_MS))
  // Before the connections are drained: whoever waits for a task gets its reply.
  started.defer(() => running?.served.engine.stop({ graceMs: TASK_GRACE_MS }))
  await sessions.rememberPort(server.port)
  const startedAt = Date.now()
  const tellWhere = () =>
    writeEngineFile(request.dataDir, {
      pid: process.pid,
      url: server.localUrl,
      token,
      version: VERSION,
      startedAt,
      ...(tls === null ? {} : { certificate: tls.certificate }),
    })
  started.defer(() => removeEngineFile(request.dataDir, process.pid))
  started.defer(await writeWithRoom(inventory, tellWhere, log.logger))
  if (request.linkFile !== null && inventory.writeState().writable)
    started.defer(await offerLinkFile(request.linkFile, server, log.logger))
  const address = { url: server.url, link: server.createLink() }
  request.onListening?.(address)

  try {
    // Loaded only now: half of a start is over before, and the browser opens the window meanwhile.
    const { startServedEngine } = await import('./start-served-engine.ts')
    running = await startServedEngine({
      inventory,
      log: log.logger,
      stopGraceMs: TASK_GRACE_MS,
      demo: request.demo ?? false,
      user: request.user,
    })
    starting.resolve(running.served)
  } catch (error) {
    starting.reject(error)
    throw error
  }
  log.logger.info({ url: server.url }, 'engine started')

  const all = started.move()
  return { ...address, stop: () => all.disposeAsync() }
}

/** The remembered port may be taken by now; one that was asked for must be had. */
async function startOnPort(port: number, required: boolean, start: (port: number) => Promise<Server>): Promise<Server> {
  try {
    return await start(port)
  } catch (error) {
    if (required || port === 0 || !(error instanceof AppError) || error.code !== 'server.bind-failed') throw error
    return start(0)
  }
}

/** Writes a file now, or as soon as the disk is no longer full: until then only browsers find the engine. Returns how to give up. */
async function writeWithRoom(
  inventory: Inventory,
  write: () => Promise<void>,
  log: EngineLog['logger'],
): Promise<() => void> {
  try {
    await write()
    return () => undefined
  } catch (error) {
    if (!isDiskFull(error)) throw error
    log.warn({ err: error }, 'the disk is full: other programs do not find this engine until there is room')
    return inventory.onWriteState(({ writable }) => {
      if (writable) write().catch((failure: unknown) => log.warn({ err: failure }, 'engine.json could not be written'))
    })
  }
}

/** Writes a sign-in link's page. Returns how to take it away when nobody has used it. Throws `server.file-unusable`. */
async function offerLinkFile(path: string, server: Server, log: EngineLog['logger']): Promise<() => Promise<void>> {
  const remove = () =>
    removeLinkFile(path).catch((error: unknown) => log.warn({ err: error, path }, 'the page of a used link is left'))
  const link = server.createLink({ lifetimeMs: LINK_FILE_LIFETIME_MS, onUsed: () => void remove() })
  try {
    await writeLinkFile(path, link)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'not writable'
    throw new AppError('server.file-unusable', { path, reason }, { cause: error })
  }
  const timer = setTimeout(() => void remove(), LINK_FILE_LIFETIME_MS)
  timer.unref()
  return () => {
    clearTimeout(timer)
    return remove()
  }
}

async function readTls(request: ServeRequest) {
  if (request.tlsCertificatePath === null || request.tlsKeyPath === null) return null
  const certificate = await readPem(request.tlsCertificatePath)
  const key = await readPem(request.tlsKeyPath)
  try {
    createSecureContext({ cert: certificate, key })
  } catch (error) {
    const reason = 'not a certificate in PEM that fits the key'
    throw new AppError('server.file-unusable', { path: request.tlsCertificatePath, reason }, { cause: error })
  }
  return { certificate, key }
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'not readable'
    throw new AppError('server.file-unusable', { path, reason }, { cause: error })
  }
}

/** A new password signs everybody out. */
async function readPassword(request: ServeRequest, sessions: SessionStore) {
  if (request.passwordFile === null) return readPasswordHash(request.dataDir)
  const { hash, changed } = await storePasswordFrom(request.dataDir, request.passwordFile)
  if (changed) await sessions.endAll()
  return hash
}

import { MessageChannelMain, type MessagePortMain, utilityProcess } from 'electron'
import { type AppError, fromWireError } from '../../../shared/errors/index.ts'
import type { Log } from '../../engine/index.ts'
import { fromEngineSchema, type KeyStoreChoice, type ToEngine, type UnderWayTask } from './engine-messages.ts'
import { type KeyStoreUse, serveKeyStore } from './key-store-port.ts'

/** What one life of the engine's process needs. */
export interface EngineProcessOptions {
  /** out/main/engine.js */
  readonly enginePath: string
  readonly dataDir: string
  readonly keyStore: KeyStoreChoice
  /** With simulated hosts. */
  readonly demo: boolean
  readonly storage: KeyStoreUse
  readonly log: Log
  /** A page's port was closed at the engine's end, or by the page. */
  readonly onClientClosed: (id: number) => void
}

/** The engine's process, from its start to its end. */
export interface EngineProcess {
  /** True when it serves; an error when it cannot start. Unsettled for as long as it does neither, even if it ends. */
  readonly started: Promise<AppError | true>
  /** Its exit code. */
  readonly ended: Promise<number>
  serveClient(id: number, port: MessagePortMain): void
  /** A socket with a ticket: a console, or a file on its way. */
  attachSocket(path: string, port: MessagePortMain): void
  /** Null: it does not answer within the limit. */
  fetchUnderWay(limitMs: number): Promise<readonly UnderWayTask[] | null>
  /** Asks it to end in order; ends it when it has not after `limitMs`. Resolves when it is gone. */
  stop(limitMs: number): Promise<void>
  /** Ends it at once. */
  kill(): void
}

/** Starts the engine in a process of its own; the app must be ready. */
export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  const { log } = options
  const child = utilityProcess.fork(options.enginePath, [], { serviceName: 'Virtdeck Engine', stdio: 'inherit' })
  const started = Promise.withResolvers<AppError | true>()
  const ended = Promise.withResolvers<number>()
  const questions = new Map<number, (tasks: readonly UnderWayTask[]) => void>()
  let nextQuestion = 1

  const post = (message: ToEngine, ...ports: MessagePortMain[]) => child.postMessage(message, ports)
  child.on('message', (data: unknown) => {
    const message = fromEngineSchema.safeParse(data)
    if (!message.success) {
      log.error({ issues: message.error.issues.length }, 'the engine said something unknown')
      return
    }
    if (message.data.t === 'started') started.resolve(true)
    else if (message.data.t === 'failed') started.resolve(fromWireError(message.data.error))
    else if (message.data.t === 'client-closed') options.onClientClosed(message.data.id)
    else questions.get(message.data.id)?.(message.data.tasks)
  })
  child.once('exit', (code) => {
    secrets.port1.close()
    ended.resolve(code)
  })
  const secrets = new MessageChannelMain()
  serveKeyStore(secrets.port1, options.storage)
  const { dataDir, keyStore, demo } = options
  post({ t: 'start', dataDir, keyStore, demo }, secrets.port2)

  return {
    started: started.promise,
    ended: ended.promise,
    serveClient: (id, port) => post({ t: 'client', id }, port),
    attachSocket: (path, port) => post({ t: 'socket', path }, port),
    fetchUnderWay: async (limitMs) => {
      const id = nextQuestion++
      const answer = new Promise<readonly UnderWayTask[]>((resolve) => questions.set(id, resolve))
      post({ t: 'under-way', id })
      const tasks = await within(limitMs, Promise.race([answer, ended.promise.then(() => [])]))
      questions.delete(id)
      return tasks
    },
    stop: async (limitMs) => {
      post({ t: 'stop' })
      if ((await within(limitMs, ended.promise)) !== null) return
      log.warn({ limitMs }, 'the engine did not end in time and was ended')
      child.kill()
      await ended.promise
    },
    kill: () => void child.kill(),
  }
}

/** Null when it takes longer. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

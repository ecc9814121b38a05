import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { MessagePortMain } from 'electron'
import { toWireError } from '../../../shared/errors/index.ts'
import { type Log, serveClient } from '../../engine/index.ts'
import { createKeyFileCipher } from '../../inventory/index.ts'
import { createAdministrator } from '../administrator.ts'
import { type ComposedEngine, composeEngine } from '../compose.ts'
import { guardProcess } from '../guard-process.ts'
import { openDemo } from '../open-demo.ts'
import { openShellInventory } from '../open-inventory.ts'
import { openEngineLog } from '../server/log.ts'
import { VERSION } from '../version.ts'
import { createPortByteSocket } from './byte-port.ts'
import type { FromEngine, ToEngine } from './engine-messages.ts'
import { createEnginePort } from './engine-port.ts'
import { createKeyStoreCipher } from './key-store-cipher.ts'
import { createKeyStore } from './key-store-port.ts'

/*
 * The entry of the engine's process: out/main/engine.js, which engine-process.ts starts and speaks to. Pages and consoles come
 * as ports, and are served without the main process.
 */

/** How long tasks get to end. */
const TASK_GRACE_MS = 10_000

interface Running {
  readonly composed: Promise<ComposedEngine>
  readonly log: Log
  closeLog(): void
}

const { parentPort } = process
const identity = createAdministrator(userInfo().username)
let running: Running | null = null
let isStopping = false

// The terminal that the app was started from may be closed: a warning that nobody reads ends nothing.
process.stderr.on('error', () => undefined)
// A terminal's Ctrl-C reaches this process too: what is to be done then, the main process says.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', stop)

parentPort.on('message', ({ data, ports }) => {
  const message = data as ToEngine
  const [port] = ports
  switch (message.t) {
    case 'start':
      if (running === null && port !== undefined) running = start(message, port)
      break
    case 'client':
      if (port !== undefined) void serve(message.id, port)
      break
    case 'socket':
      if (port !== undefined) void attachSocket(message.path, port)
      break
    case 'under-way':
      void tellUnderWay(message.id)
      break
    case 'stop':
      stop()
      break
  }
})

function tell(message: FromEngine): void {
  parentPort.postMessage(message)
}

function start(
  { dataDir, keyStore, demo: isDemo }: Extract<ToEngine, { t: 'start' }>,
  keyStorePort: MessagePortMain,
): Running {
  const { logger: log, close: closeLog } = openEngineLog(dataDir, (line) => process.stderr.write(line))
  guardProcess(log)
  // The main process is gone: nobody is left to serve.
  keyStorePort.once('close', stop)
  const keyFile = () => createKeyFileCipher(join(dataDir, 'secrets.key'))
  const cipher = keyStore === 'system' ? createKeyStoreCipher(createKeyStore(keyStorePort), keyFile()) : undefined
  const compose = async () => {
    const demo = isDemo ? await openDemo() : null
    const engine = await composeEngine({
      inventory: await openShellInventory({ dataDir, log, ...(cipher === undefined ? {} : { cipher }) }),
      shell: 'electron',
      version: VERSION,
      log,
      canSignOut: false,
      stopGraceMs: TASK_GRACE_MS,
      simulation: demo?.simulation,
    })
    void demo?.seed(engine, identity, log)
    return engine
  }
  const composed = compose()
  composed.then(
    () => {
      log.info({ keyStore }, 'engine started')
      tell({ t: 'started' })
    },
    (error: unknown) => {
      log.error({ err: error }, 'the engine could not start')
      tell({ t: 'failed', error: toWireError(error) })
    },
  )
  return { composed, log, closeLog }
}

/** Null when there is none; why it could not start is told where it is started. */
async function findEngine(): Promise<ComposedEngine | null> {
  return (await running?.composed.catch(() => null)) ?? null
}

async function serve(id: number, port: MessagePortMain): Promise<void> {
  port.once('close', () => tell({ t: 'client-closed', id }))
  const composed = await findEngine()
  if (composed === null || running === null) port.close()
  else serveClient(composed.engine, identity, createEnginePort(port), running.log)
}

async function attachSocket(path: string, port: MessagePortMain): Promise<void> {
  const composed = await findEngine()
  const [, kind, ticket = ''] = /^\/(console|transfer)\/([\w-]+)$/.exec(path) ?? []
  if (composed === null || kind === undefined) port.close()
  else {
    const attach = kind === 'console' ? composed.consoles.attach : composed.transfers.attach
    attach(ticket, identity, createPortByteSocket(port))
  }
}

async function tellUnderWay(id: number): Promise<void> {
  const composed = await findEngine()
  const tasks = composed?.engine.underWay() ?? []
  tell({
    t: 'under-way',
    id,
    tasks: tasks.map(({ task, goesOn }) => ({ command: task.command, name: task.subject.name, goesOn })),
  })
}

function stop(): void {
  if (isStopping) return
  isStopping = true
  const end = async () => {
    const composed = await findEngine()
    await composed?.stop()
    running?.closeLog()
  }
  end().then(
    () => process.exit(0),
    (error: unknown) => {
      running?.log.error({ err: error }, 'the engine could not stop in order')
      process.exit(1)
    },
  )
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import {
  type AuditStore,
  createTopicRegistry,
  type Engine,
  type LiveTopics,
  type OperationStore,
  openAuditTrail,
  openEngine,
  type SecretVault,
  serveClient,
  silentLog,
  systemClock,
} from '../../../../src/main/engine/index.ts'
import { createAdministrator } from '../../../../src/main/shell/administrator.ts'
import { createEngineToken } from '../../../../src/main/shell/server/engine-file.ts'
import { hashPassword } from '../../../../src/main/shell/server/password.ts'
import { type Server, startServer } from '../../../../src/main/shell/server/server.ts'
import { openSessionStore, type SessionStore } from '../../../../src/main/shell/server/sessions.ts'
import type { SignInValue } from '../../../../src/shared/contract/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { createTestHandlers } from '../engine/test-engine.ts'

/** The answer to what was done. */
export interface Success<T> {
  readonly value: T
}

export interface Served {
  readonly server: Server
  readonly sessions: SessionStore
  readonly topics: LiveTopics
  readonly token: string
  readonly authority: string
  readonly port: number
  /** What consoles were attached. */
  readonly consoles: readonly { readonly ticket: string; readonly user: string }[]
  send(options: SendOptions): Promise<Answer>
  /** Signs a browser in by a link; returns its session's secret. */
  signIn(): Promise<string>
  /** What the own page sends of a session. */
  pageHeaders(session: string): Readonly<Record<string, string>>
  /** Uses a link up, as the page does that it leads to. */
  redeem(link: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  stop(): Promise<void>
}

export interface SendOptions {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: () => unknown
}

const store: OperationStore = {
  save: async () => undefined,
  fetchOpen: async () => ({ records: [], unreadable: [] }),
  fetchEnded: async () => [],
  fetchRows: async () => [],
  fetchUnanswered: async () => [],
  prune: async () => undefined,
  giveUp: async () => undefined,
}
const vault: SecretVault = { get: async () => undefined, set: async () => undefined, deleteAll: async () => undefined }
const auditStore: AuditStore = {
  append: async () => undefined,
  fetchLastId: async () => '0',
  fetchLatest: async () => [],
  fetchBefore: async () => ({ events: [], next: null }),
  prune: async () => undefined,
}

/** Handlers that change nothing; `host.remove` fails as the real one does for a host that is not there. */
function createIdleHandlers() {
  return createTestHandlers({
    'host.remove': { validate: (_model, { hostId }) => new AppError('host.not-found', { hostId }) },
  })
}

/** A real server and pipeline over an engine without hosts, in a folder of its own. It has the engine when `engineStarted` says so. */
export async function startServed(
  options: {
    readonly password?: string
    readonly engineStarted?: Promise<void>
    readonly onWarning?: (line: string) => void
  } = {},
): Promise<Served> {
  const dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-server-'))
  const rendererDir = join(dataDir, 'renderer')
  await mkdir(join(rendererDir, 'assets'), { recursive: true })
  await writeFile(join(rendererDir, 'index.html'), '<!doctype html><title>Virtdeck</title>')
  await writeFile(join(rendererDir, 'console.html'), '<!doctype html><title>Console</title>')
  await writeFile(join(rendererDir, 'assets', 'index-abc123.js'), 'export {}')
  await writeFile(join(dataDir, 'secret.txt'), 'not for the page')

  const clock = systemClock
  const log = silentLog
  const topics = createTopicRegistry({ epoch: 'epoch-1', clock, log: silentLog })
  const audit = await openAuditTrail({ topics, store: auditStore, clock, log })
  const engine: Engine = await openEngine({
    topics,
    audit,
    store,
    vault,
    handlers: createIdleHandlers(),
    clock,
    log,
    version: '0.0.0',
  })
  const sessions = await openSessionStore(dataDir, clock)
  const token = createEngineToken()
  const consoles: { ticket: string; user: string }[] = []
  const server = await startServer({
    engine: (options.engineStarted ?? Promise.resolve()).then(() => ({
      engine,
      identify: createAdministrator,
      serveClient: (identity, port) => {
        serveClient(engine, identity, port, silentLog)
      },
      attachConsole: (ticket, identity, socket) => {
        consoles.push({ ticket, user: identity.user })
        socket.close(4_000)
      },
      attachTransfer: (_ticket, _identity, socket) => socket.close(4_000),
    })),
    sessions,
    token,
    user: 'ada',
    rendererDir,
    host: '127.0.0.1',
    port: 0,
    names: [],
    tls: null,
    password: options.password === undefined ? null : await hashPassword(options.password),
    log: pino(
      { level: options.onWarning === undefined ? 'silent' : 'warn' },
      { write: (line) => options.onWarning?.(line) },
    ),
  })
  const send = (sent: SendOptions) => sendRequest(server.port, sent)
  const authority = `127.0.0.1:${server.port}`
  const origin = `http://${authority}`
  const redeem = (link: string, headers: Readonly<Record<string, string>> = {}) =>
    send({
      method: 'POST',
      path: '/api/sign-in',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: JSON.stringify({ token: new URL(link).hash.slice(1) }),
    })
  return {
    server,
    sessions,
    topics,
    token,
    authority,
    port: server.port,
    consoles,
    send,
    async signIn() {
      const { value } = (await redeem(server.createLink())).json() as Success<SignInValue>
      return value.session ?? ''
    },
    pageHeaders: (session) => ({ authorization: `Bearer ${session}`, origin }),
    redeem,
    async stop() {
      await server.stop(1_000)
      await engine.stop({ graceMs: 1_000 })
      await sessions.flush()
      await rm(dataDir, { recursive: true })
    },
  }
}

/** Asks with exactly these headers (`fetch` would set Host and Origin by itself). */
export function sendRequest(port: number, { method = 'GET', path, headers = {}, body }: SendOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

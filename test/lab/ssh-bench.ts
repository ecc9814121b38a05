import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type ConnectOptions, connectSsh, createKnownHosts, type SshSession } from '../../src/main/ssh/index.ts'
import { createSshdFolder, type Sshd, type SshdFolder, type SshdOptions, startSshd, TEST_USER } from './sshd.ts'

const run = promisify(execFile)
const cleanUps: (() => Promise<unknown>)[] = []
let names = 0

/** The folder and the server of the test file that called `provideSshd`; each file has its own. */
export let folder: SshdFolder
export let sshd: Sshd

/** Gives the calling test file an sshd for all of its tests, and clears up after each what they started. */
export function provideSshd(): void {
  beforeAll(async () => {
    folder = await createSshdFolder()
    sshd = await startSshd(folder, { hostKeyTypes: ['ed25519', 'rsa'], name: 'main' })
  })
  afterAll(async () => {
    await sshd.kill()
    await folder.remove()
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  })
}

/** Has something cleared up after the test, last first. */
export function afterThis(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp)
}

/** A path in the folder that nobody has used. */
export function newPath(kind: string): string {
  return join(folder.path, `${kind}-${++names}`)
}

/** Another sshd, for this test. */
export async function start(options: SshdOptions): Promise<Sshd> {
  const server = await startSshd(folder, options)
  afterThis(() => server.kill())
  return server
}

export interface MoreOptions extends Partial<ConnectOptions> {
  readonly keyPath?: string | null
  readonly user?: string
  readonly authentication?: 'agent' | 'key' | 'password'
}

/** Options that trust nothing and use nothing of the machine's own configuration, agent or keys. */
export function options(server: Pick<Sshd, 'port' | 'fingerprints'>, more: MoreOptions = {}): ConnectOptions {
  const { keyPath = folder.keyPath, user = TEST_USER, authentication, ...rest } = more
  const key = keyPath === null ? {} : { privateKeyPath: keyPath }
  const choice = authentication === undefined ? {} : { authentication }
  return {
    target: { address: '127.0.0.1', port: server.port, user, useConfig: false, ...key, ...choice },
    secrets: async () => ({}),
    knownHosts: createKnownHosts({ ownPath: newPath('own') }),
    ...(server.fingerprints.ed25519 === undefined ? {} : { acceptFingerprint: server.fingerprints.ed25519 }),
    config: { homePath: folder.path, environment: {} },
    ...rest,
  }
}

/** Connects, for this test. */
export async function connect(connectOptions: ConnectOptions): Promise<SshSession> {
  const session = await connectSsh(connectOptions)
  afterThis(() => session.close())
  return session
}

/** A real ssh-agent with keys from files (and the certificates beside them), for this test. Returns where it listens. */
export async function startAgent(keys: readonly string[]): Promise<string> {
  const path = newPath('agent')
  const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  afterThis(async () => agent.kill())
  await once(agent.stdout, 'data')
  for (const key of keys) await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: path } })
  return path
}

/** A server of a test's own on loopback, closed after it with all its connections. Returns its port. */
export async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterThis(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** The line to a server, to be cut by a test: at once, or so that the server's answers are lost from now on. */
export interface Line {
  readonly port: number
  cut(): void
  /** What the server says is lost, and the line is cut with the next thing that is said to it. */
  deafen(): void
}

/** Puts a line that can be cut before a server. A stand-in for the network between. */
export async function stretchLine(server: Sshd): Promise<Line> {
  const ends: Socket[] = []
  let isDeaf = false
  const cut = (): void => {
    for (const socket of ends.splice(0)) socket.destroy()
  }
  const port = await listen((socket) => {
    const upstream = dial(server.port, '127.0.0.1')
    ends.push(socket, upstream)
    upstream.on('error', cut).on('close', cut)
    upstream.on('data', (chunk: Buffer) => void (isDeaf || socket.write(chunk)))
    socket.on('close', cut)
    socket.on('data', (chunk: Buffer) => (isDeaf ? cut() : void upstream.write(chunk)))
  })
  return {
    port,
    cut,
    deafen: () => {
      isDeaf = true
    },
  }
}

/** A configuration whose environment names an agent. */
export const withAgent = (path: string) => ({ homePath: folder.path, environment: { SSH_AUTH_SOCK: path } })

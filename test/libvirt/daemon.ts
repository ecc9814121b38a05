import { type ChildProcess, spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LibvirtConnection, type OpenOptions, openLibvirt } from '../../src/main/libvirt/index.ts'

const NOBODY = 65_534
const START_LIMIT_MS = 50_000
const STOP_LIMIT_MS = 10_000
const POLL_MS = 20

/** A libvirtd of the tests' own: unprivileged, everything it writes in one folder that goes away with it. */
export interface Daemon {
  readonly folder: string
  readonly socketPath: string
  readonly pid: number
  /** A new transport to the daemon. */
  dial(): Promise<Socket>
  /** A new connection; `uri` is `test:///default` unless given. */
  open(options?: OpenOptions): Promise<LibvirtConnection>
  /** A file that the daemon can read, in its folder. */
  write(name: string, text: string): Promise<string>
  signal(signal: NodeJS.Signals): void
  stop(): Promise<void>
}

/**
 * Starts a session-mode libvirtd (as `nobody` when the tests run as root), which offers `test:///` and
 * `qemu:///session`. It needs no privileges and touches nothing outside of its folder.
 */
export async function startDaemon(): Promise<Daemon> {
  const folder = await mkdtemp(join(tmpdir(), 'vd-libvirt-'))
  const asNobody = process.getuid?.() === 0
  const identity = asNobody ? { uid: NOBODY, gid: NOBODY } : {}
  const own = (path: string): Promise<void> => (asNobody ? chown(path, NOBODY, NOBODY) : Promise.resolve())
  const folders = { XDG_RUNTIME_DIR: 'run', XDG_CONFIG_HOME: 'config', XDG_CACHE_HOME: 'cache', XDG_DATA_HOME: 'data' }
  const environment: Record<string, string> = { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, HOME: folder }
  await own(folder)
  for (const [variable, name] of Object.entries(folders)) {
    environment[variable] = join(folder, name)
    await mkdir(join(folder, name), { mode: 0o700 })
    await own(join(folder, name))
  }

  // Whoever runs the tests may be gone before `stop`, by whatever signal: the daemon must not outlive them.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'libvirtd'], {
    env: environment,
    cwd: folder,
    ...identity,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log = collectLog(child)
  const socketPath = join(folder, 'run', 'libvirt', 'libvirt-sock')
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))

  const daemon: Daemon = {
    folder,
    socketPath,
    pid: await pidOf(child),
    dial: () => dial(socketPath),
    open: async (options) => openLibvirt(await dial(socketPath), { uri: 'test:///default', ...options }),
    async write(name, text) {
      const path = join(folder, name)
      await writeFile(path, text)
      await own(path)
      return path
    },
    signal: (signal) => child.kill(signal),
    async stop() {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
      await exited
      clearTimeout(timer)
      await killMachines(join(folder, 'run', 'libvirt', 'qemu', 'run'))
      await rm(folder, { recursive: true, force: true })
    },
  }
  await untilListening(socketPath, child, log)
  return daemon
}

function collectLog(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4_000)
  })
  return () => text
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve(child.pid ?? 0))
  })
}

function dial(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

async function untilListening(socketPath: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadlineMs = performance.now() + START_LIMIT_MS
  for (;;) {
    const socket = await dial(socketPath).catch((error: unknown) => error)
    if (!(socket instanceof Error) && socket !== undefined) {
      ;(socket as Socket).destroy()
      return
    }
    if (child.exitCode !== null || performance.now() > deadlineMs) throw new Error(`libvirtd did not start: ${log()}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** QEMU outlives its libvirtd by design; what a failed test left running is ended by its pid file. */
async function killMachines(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.pid') || name === 'driver.pid') continue
    const pid = Number(await readFile(join(folder, name), 'utf8'))
    if (Number.isInteger(pid) && pid > 1) killIfAlive(pid)
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

import type { Duplex } from 'node:stream'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { ChannelStream } from './channel-stream.ts'
import { boundText } from './failure.ts'
import { posixCommand, shellQuote } from './shell-quote.ts'
import type { SshConnection } from './ssh-connection.ts'
import type {
  CallOptions,
  ExecOptions,
  ExecResult,
  LibvirtRoute,
  LibvirtSocket,
  LibvirtSocketOptions,
} from './types.ts'

const ALL_ROUTES: readonly LibvirtRoute[] = ['stream-local', 'virt-ssh-helper', 'netcat']
/** A helper that fails does so at once; one that has lived this long is connected. libvirt speaks only when spoken to. */
const SETTLE_MS = 250
const PROBE_TIMEOUT_MS = 5_000

export interface LibvirtOpenerParts {
  readonly connection: SshConnection
  forwardSocket(path: string, options?: CallOptions): Promise<Duplex>
  exec(command: string, options?: ExecOptions): Promise<ExecResult>
}

export interface LibvirtOpener {
  readonly open: (paths: readonly string[], options?: LibvirtSocketOptions) => Promise<LibvirtSocket>
  readonly route: () => LibvirtRoute | null
}

/**
 * Opens libvirt's sockets by the first way that the host allows, and remembers it: a forward, then libvirt's own
 * `virt-ssh-helper`, then netcat. The ways that run a command need a session slot for as long as they are open. Which path
 * answered is remembered for each choice of paths, the way for all of them.
 */
export function createLibvirtOpener(parts: LibvirtOpenerParts): LibvirtOpener {
  let lastRoute: LibvirtRoute | null = null
  const found = new Map<string, { readonly route: LibvirtRoute; readonly path: string }>()
  const commands = new Map<string, string>()

  const tryRoute = async (route: LibvirtRoute, path: string, options: LibvirtSocketOptions): Promise<Duplex> => {
    if (route === 'stream-local') return parts.forwardSocket(path, options)
    const key = `${route} ${path} ${options.uri ?? ''}`
    const command = commands.get(key) ?? (await buildCommand(parts, route, path, options))
    if (command === null) throw refused(path, 'unknown')
    commands.set(key, command)
    const { stream, stderr } = await parts.connection.openTunnel(command, options)
    const ended = await endsWithin(stream, SETTLE_MS)
    if (!ended) return stream
    stream.destroy()
    throw refused(path, guessHint(stderr()), new Error(boundText(stderr()) || 'ended at once'))
  }

  return {
    route: () => lastRoute,
    async open(paths, options = {}) {
      const choice = paths.join('\n')
      const allowed = options.routes ?? ALL_ROUTES
      const known = options.anew === true ? undefined : found.get(choice)
      if (known !== undefined && allowed.includes(known.route)) {
        try {
          return { stream: await tryRoute(known.route, known.path, options), ...known }
        } catch (error) {
          // The daemon may have been replaced by another one, behind another socket.
          if (!isAppError(error, 'ssh.forward-refused')) throw error
          found.delete(choice)
        }
      }
      // The way that worked for another socket of this host is the likeliest.
      const routes = allowed.toSorted((left, right) => Number(right === lastRoute) - Number(left === lastRoute))
      const failures: AppError<'ssh.forward-refused'>[] = []
      for (const route of routes) {
        for (const path of paths) {
          // Where a look has shown that there is nothing to connect to, no other way will find anything.
          if (failures.some((failure) => failure.params.target === path && isFinal(failure))) continue
          try {
            const stream = await tryRoute(route, path, options)
            found.set(choice, { route, path })
            lastRoute = route
            return { stream, route, path }
          } catch (error) {
            if (!isAppError(error, 'ssh.forward-refused')) throw error
            failures.push(error)
          }
        }
      }
      throw mostTelling(failures) ?? refused(paths.join(', '), 'socket-missing')
    },
  }
}

function isFinal(failure: AppError<'ssh.forward-refused'>): boolean {
  // Not "connection-refused": a socket bound under another name (a bind mount) looks as if nobody listened.
  return ['socket-missing', 'permission-denied'].includes(failure.params.hint)
}

/** Of several sockets most are simply not there; what says more about one that is there goes first. */
function mostTelling(failures: readonly AppError<'ssh.forward-refused'>[]): AppError | undefined {
  const order = ['permission-denied', 'forwarding-forbidden', 'connection-refused', 'socket-missing', 'unknown']
  return [...failures].sort((left, right) => order.indexOf(left.params.hint) - order.indexOf(right.params.hint))[0]
}

async function buildCommand(
  parts: LibvirtOpenerParts,
  route: LibvirtRoute,
  path: string,
  options: LibvirtSocketOptions,
): Promise<string | null> {
  const { signal } = options
  const limits = { timeoutMs: PROBE_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
  if (route === 'virt-ssh-helper') {
    const { exitCode } = await parts.exec(posixCommand('command -v virt-ssh-helper'), limits)
    if (exitCode !== 0) return null
    const readOnly = path.endsWith('-ro') ? '-r ' : ''
    return `exec virt-ssh-helper ${readOnly}${shellQuote(options.uri ?? 'qemu:///system')}`
  }
  // `-q` is not known to every netcat; those that do not have it end by themselves when their input does.
  const { exitCode, stdout } = await parts.exec(posixCommand('command -v nc && nc -h 2>&1'), limits)
  if (exitCode === 127 || !stdout.startsWith('/')) return null
  return `exec nc ${/^\s*-q\b/m.test(stdout) ? '-q 0 ' : ''}-U ${shellQuote(path)}`
}

function endsWithin(stream: ChannelStream, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (ended: boolean): void => {
      clearTimeout(timer)
      stream.off('close', onEnd).off('end', onEnd).off('error', onEnd).off('readable', onReadable)
      resolve(ended)
    }
    const onEnd = (): void => finish(true)
    // Listening for `readable` takes nothing away; an ended stream becomes readable with nothing to read.
    const onReadable = (): void => {
      if (stream.readableLength > 0) finish(false)
      else stream.read(0)
    }
    const timer = setTimeout(() => finish(stream.destroyed || stream.readableEnded), timeoutMs)
    stream.on('close', onEnd).on('end', onEnd).on('error', onEnd).on('readable', onReadable)
    if (stream.destroyed) finish(true)
  })
}

function guessHint(stderr: string): AppError<'ssh.forward-refused'>['params']['hint'] {
  if (/permission denied/i.test(stderr)) return 'permission-denied'
  if (/no such file/i.test(stderr)) return 'socket-missing'
  if (/refused/i.test(stderr)) return 'connection-refused'
  return 'unknown'
}

function refused(
  target: string,
  hint: AppError<'ssh.forward-refused'>['params']['hint'],
  cause?: unknown,
): AppError<'ssh.forward-refused'> {
  return new AppError('ssh.forward-refused', { target, hint, group: '' }, { cause })
}

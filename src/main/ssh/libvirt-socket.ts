import type { Duplex } from 'node:stream'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { ChannelStream } from './channel-stream.ts'
import { boundText, pause, withDeadline } from './failure.ts'
import { buildScript, buildTunnel, createTunnelScreen, parseScriptOutput, shellQuote } from './shell-output.ts'
import type { SshConnection } from './ssh-connection.ts'
import type {
  CallOptions,
  ExecOptions,
  ExecResult,
  LibvirtRoute,
  LibvirtSocket,
  LibvirtSocketOptions,
} from './types.ts'

const ALL_ROUTES: readonly LibvirtRoute[] = [
  'stream-local',
  'virt-ssh-helper',
  'netcat',
  'sudo-virt-ssh-helper',
  'sudo-netcat',
]
/** A helper that fails does so at once; one that has lived this long is connected. libvirt speaks only when spoken to. */
const SETTLE_MS = 250
const PROBE_TIMEOUT_MS = 5_000
/** sudo asks directories and name servers. */
const SUDO_TIMEOUT_MS = 15_000
/** For the start-up files of the login shell to be through. */
const BEGIN_TIMEOUT_MS = 15_000

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
 * `virt-ssh-helper`, then netcat, and both again by sudo where the socket is closed to the user. The ways that run a command need a
 * session slot for as long as they are open. Which path answered is remembered for each choice of paths, the way for all of them.
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
    return openScreened(parts.connection, command, path, options)
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
          if (!isWorthTrying(route, path, failures)) continue
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

/** Where a look has shown that there is nothing to connect to, or that we may not, no other way will do better: but root may. */
function isWorthTrying(
  route: LibvirtRoute,
  path: string,
  failures: readonly AppError<'ssh.forward-refused'>[],
): boolean {
  const hints = failures.filter(({ params }) => params.target === path).map(({ params }) => params.hint)
  const isDenied = hints.includes('permission-denied')
  // Not "connection-refused": a socket bound under another name (a bind mount) looks as if nobody listened.
  return isBySudo(route) ? isDenied || hints.length === 0 : !isDenied && !hints.includes('socket-missing')
}

function isBySudo(route: LibvirtRoute): boolean {
  return route === 'sudo-virt-ssh-helper' || route === 'sudo-netcat'
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
  if (isBySudo(route)) {
    const command = await buildCommand(parts, route === 'sudo-netcat' ? 'netcat' : 'virt-ssh-helper', path, options)
    return command === null ? null : buildSudoCommand(parts, command, options)
  }
  const { signal } = options
  const limits = { timeoutMs: PROBE_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
  if (route === 'virt-ssh-helper') {
    const { exitCode } = await parts.exec(buildScript('command -v virt-ssh-helper'), limits)
    if (exitCode !== 0) return null
    const readOnly = path.endsWith('-ro') ? '-r ' : ''
    return `virt-ssh-helper ${readOnly}${shellQuote(options.uri ?? 'qemu:///system')}`
  }
  // `-q` is not known to every netcat; those that do not have it end by themselves when their input does.
  const { exitCode, stdout } = await parts.exec(buildScript('command -v nc && nc -h 2>&1'), limits)
  const told = parseScriptOutput(stdout)
  if (exitCode === 127 || !told.startsWith('/')) return null
  return `nc ${/^\s*-q\b/m.test(told) ? '-q 0 ' : ''}-U ${shellQuote(path)}`
}

/** The command as root; null where sudo does not let this user run it, or wants a password (`-n`: then it fails instead of waiting). */
async function buildSudoCommand(
  parts: LibvirtOpenerParts,
  command: string,
  { signal }: LibvirtSocketOptions,
): Promise<string | null> {
  const limits = { timeoutMs: SUDO_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
  const { exitCode } = await parts.exec(buildScript(`sudo -n -l ${command} >/dev/null 2>&1`), limits)
  return exitCode === 0 ? `sudo -n ${command}` : null
}

/** Runs a command that leads to libvirt and waits until it does, or has failed. */
async function openScreened(
  connection: SshConnection,
  command: string,
  path: string,
  options: LibvirtSocketOptions,
): Promise<Duplex> {
  const { signal, timeoutMs = BEGIN_TIMEOUT_MS } = options
  const began = Promise.withResolvers<void>()
  const { screen, heldText } = createTunnelScreen(path, began.resolve)
  const { stream, stderr } = await connection.openTunnel(buildTunnel(command), screen, options)
  const watch = watchEnd(stream)
  const timedOut = () => {
    const text = heldText()
    return text === ''
      ? new AppError('ssh.channel-timed-out', { target: path, timeoutMs }, { retry: 'safe' })
      : new AppError('ssh.shell-output', { target: path, text })
  }
  try {
    // Until it begins, the start-up files of the login shell run.
    const beginning = Promise.race([began.promise, watch.ended])
    await withDeadline(beginning, { timeoutMs, signal, operation: path, timedOut })
    await Promise.race([watch.ended, pause(SETTLE_MS, signal)])
  } catch (error) {
    stream.destroy()
    throw error
  } finally {
    watch.stop()
  }
  if (!watch.hasEnded()) return stream
  const { errored } = stream
  stream.destroy()
  if (isAppError(errored)) throw errored
  throw refused(path, guessHint(stderr()), new Error(boundText(stderr()) || heldText() || 'ended at once'))
}

/** Watches for the end of a stream, in whichever way, and takes nothing out of it. */
function watchEnd(stream: ChannelStream): { ended: Promise<void>; hasEnded(): boolean; stop(): void } {
  const ended = Promise.withResolvers<void>()
  let hasEnded = false
  const onEnd = (): void => {
    hasEnded = true
    ended.resolve()
  }
  // Listening for `readable` takes nothing away; an ended stream becomes readable with nothing to read.
  const onReadable = (): void => {
    if (stream.readableLength === 0) stream.read(0)
  }
  stream.on('close', onEnd).on('end', onEnd).on('error', onEnd).on('readable', onReadable)
  if (stream.destroyed) onEnd()
  return {
    ended: ended.promise,
    hasEnded: () => hasEnded,
    stop: () => {
      stream.off('close', onEnd).off('end', onEnd).off('error', onEnd).off('readable', onReadable)
    },
  }
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

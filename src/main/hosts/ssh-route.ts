import type { HostDefinition, LibvirtMode } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import {
  buildScript,
  type ExecResult,
  type LibvirtSocket,
  type LibvirtSocketOptions,
  parseScriptOutput,
  type SkippedDirective,
  type SshSession,
} from '../ssh/index.ts'
import type { HostRoute, RouteCallOptions, ScriptOptions } from './host-route.ts'
import { familySocket, familyUri, libvirtUri, SYSTEM_SOCKETS, sessionSockets } from './libvirt-sockets.ts'

const PROBE_TIMEOUT_MS = 10_000
/** With room for what the login shell prints before. */
const PROBE_OUTPUT_BYTES = 64 * 1024
/** Those that act as the user. */
const OWN_ROUTES = ['stream-local', 'virt-ssh-helper', 'netcat'] as const
const RUNTIME_FOLDER = /^\/[\w./-]{1,200}$/

/** The way through an SSH session to the libvirt daemon of that host. The route owns the session. */
export function openSshRoute(
  session: SshSession,
  definition: Pick<HostDefinition, 'address' | 'libvirtMode'>,
  configSkipped: readonly SkippedDirective[],
): HostRoute {
  const mode = definition.libvirtMode
  let sockets: readonly string[] | null = null
  let hypervisor: Pick<LibvirtSocket, 'path' | 'route'> | null = null
  return {
    session,
    hostKey: session.hostKey,
    endpoint: session.endpoint,
    configSkipped,
    openLibvirt: async ({ family, anew = false, ...options }) => {
      sockets ??= mode === 'system' ? SYSTEM_SOCKETS : sessionSockets(await fetchRuntimeFolder(session, options))
      // The helper chooses a socket itself: which one it was nobody says.
      const isKnown = hypervisor !== null && !hypervisor.route.endsWith('virt-ssh-helper')
      const own = family !== undefined && isKnown ? familySocket(family, hypervisor?.path ?? '') : null
      const paths = own === null ? sockets : [own]
      const uri = own === null || family === undefined ? libvirtUri(mode) : familyUri(family, mode)
      try {
        const { stream, path, route } = await openSocket(session, mode, paths, { ...options, anew, uri })
        if (family === undefined) hypervisor = { path, route }
        return { transport: stream, uri }
      } catch (error) {
        throw decideLibvirtSocketError(error, definition.address, session.endpoint.user, paths)
      }
    },
    forwardSocket: (path, options) => session.forwardSocket(path, options),
    forwardTcp: (host, port, options) => session.forwardTcp(host, port, options),
    runScript: (script, options) => runScript(session, script, options),
    closed: session.closed,
    close: () => session.close(),
  }
}

async function runScript(
  session: SshSession,
  script: string,
  { timeoutMs, maxOutputBytes, signal, input, onStdout }: ScriptOptions,
): Promise<ExecResult> {
  const chunks: Buffer[] = []
  let bytes = 0
  const result = await session.exec(buildScript(script), {
    timeoutMs,
    maxOutputBytes,
    ...(signal === undefined ? {} : { signal }),
    ...(input === undefined ? {} : { input }),
    onStdout: (chunk) => {
      bytes += chunk.length
      const limit = { command: 'script', limitBytes: maxOutputBytes }
      if (bytes > maxOutputBytes) throw new AppError('ssh.exec-output-too-large', limit)
      chunks.push(chunk)
      onStdout?.(chunk)
    },
  })
  return { ...result, stdout: parseScriptOutput(Buffer.concat(chunks).toString('utf8')) }
}

async function openSocket(
  session: SshSession,
  mode: LibvirtMode,
  sockets: readonly string[],
  options: LibvirtSocketOptions,
): Promise<LibvirtSocket> {
  try {
    // Root's session daemon is not the user's.
    const routes = mode === 'session' ? { routes: OWN_ROUTES } : {}
    return await session.openLibvirtSocket(sockets, { ...options, ...routes })
  } catch (error) {
    // A session daemon runs only while somebody uses it: libvirt's helper starts it.
    const notStarted =
      isAppError(error, 'ssh.forward-refused') && ['socket-missing', 'connection-refused'].includes(error.params.hint)
    if (mode !== 'session' || !notStarted) throw error
    try {
      return await session.openLibvirtSocket(sockets, { ...options, routes: ['virt-ssh-helper'] })
    } catch (helperError) {
      throw isAppError(helperError, 'ssh.forward-refused') ? error : helperError
    }
  }
}

/** Says what a refused forward to a libvirt socket means. Anything else is handed on as it is. */
export function decideLibvirtSocketError(
  error: unknown,
  address: string,
  user: string,
  tried: readonly string[],
): unknown {
  if (!isAppError(error, 'ssh.forward-refused')) return error
  const { hint, target: socket, group } = error.params
  const options = { cause: error, retry: 'safe' } as const
  if (hint === 'socket-missing')
    return new AppError('host.libvirt-missing', { address, tried: tried.join(', ') }, options)
  if (hint === 'connection-refused') return new AppError('host.libvirt-not-running', { address, socket }, options)
  if (hint === 'permission-denied') {
    return new AppError('host.libvirt-permission', { user, socket, group: group === '' ? 'libvirt' : group }, options)
  }
  return error
}

/** A login without PAM's session modules has no `$XDG_RUNTIME_DIR`; the folder is where systemd puts it. */
async function fetchRuntimeFolder(session: SshSession, options: RouteCallOptions): Promise<string> {
  const command = buildScript(`printf '%s\\n' "\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"`)
  const limits = { timeoutMs: PROBE_TIMEOUT_MS, maxOutputBytes: PROBE_OUTPUT_BYTES }
  const { stdout } = await session.exec(command, { ...options, ...limits })
  const folder = parseScriptOutput(stdout).trim()
  return RUNTIME_FOLDER.test(folder) ? folder : '/run/user/0'
}

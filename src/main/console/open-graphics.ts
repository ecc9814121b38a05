import type { Duplex } from 'node:stream'
import type { Vm } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { type DisplayDefinition, parseDisplays } from '../xml/index.ts'
import type { ConsoleHost } from './console-host.ts'
import { signInToServer } from './handshake.ts'

const STEP_TIMEOUT_MS = 15_000

/**
 * Connects to the VM's VNC server through its host and signs in. The stream is paused just behind the handshake.
 * `sshUser` is for the error of a socket that this user may not reach. Errors: those of consoles, ssh and libvirt.
 */
export async function openGraphics(host: ConsoleHost, vm: Vm, sshUser: string, signal: AbortSignal): Promise<Duplex> {
  const limits = { timeoutMs: STEP_TIMEOUT_MS, signal }
  const display = chooseDisplay(vm.name, parseDisplays(await host.fetchDomainXml(vm, limits)))
  const stream = await connectTo(host, vm.name, display, sshUser, limits)
  // It can fail while nobody listens (between two steps); whoever comes next sees `errored`.
  stream.on('error', () => undefined)
  try {
    await signInToServer(stream, display.password, { name: vm.name, signal })
    return stream
  } catch (error) {
    stream.destroy()
    throw error
  }
}

/** The first VNC display that listens somewhere. Throws the AppError that says why there is none. */
export function chooseDisplay(name: string, displays: readonly DisplayDefinition[]): DisplayDefinition {
  const vnc = displays.filter(({ type }) => type === 'vnc')
  const listening = vnc.find(({ listener }) => listener.kind !== 'none')
  if (listening !== undefined) return listening
  if (displays.length === 0) throw new AppError('console.no-graphics', { name })
  if (vnc.length > 0) throw new AppError('console.not-listening', { name })
  throw new AppError('console.kind-unsupported', { name, kind: displays.map(({ type }) => type).join(', ') })
}

async function connectTo(
  host: ConsoleHost,
  name: string,
  { listener }: DisplayDefinition,
  user: string,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Duplex> {
  if (listener.kind === 'tcp') return host.forwardTcp(listener.host, listener.port, limits)
  if (listener.kind === 'none') throw new AppError('console.not-listening', { name })
  try {
    return await host.forwardSocket(listener.path, limits)
  } catch (error) {
    // QEMU's own folder for its sockets is 0750: only root and QEMU's user come in.
    if (isAppError(error, 'ssh.forward-refused') && error.params.hint === 'permission-denied') {
      throw new AppError('console.socket-permission', { name, user }, { cause: error })
    }
    throw error
  }
}

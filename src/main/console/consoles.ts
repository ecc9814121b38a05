import type { Duplex } from 'node:stream'
import {
  CONSOLE_CLOSE_ENDED,
  CONSOLE_CLOSE_ERROR,
  decodeShellInput,
  encodeConsoleClose,
} from '../../shared/contract/index.ts'
import type { Vm } from '../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import {
  type AuditTrail,
  type ByteSocket,
  type Clock,
  hasAnywhere,
  type Identity,
  type InstantHandler,
  isPermitted,
  type Log,
  type ModelSnapshot,
  SocketTickets,
} from '../engine/index.ts'
import type { FindConsoleHost } from './console-host.ts'
import { decideConsole } from './decide-console.ts'
import { decideReadiness } from './decide-readiness.ts'
import { decideShell, shellSubject } from './decide-shell.ts'
import { greetPage } from './handshake.ts'
import { openGraphics } from './open-graphics.ts'
import { openSerial } from './open-serial.ts'
import { pump } from './pump.ts'
import { type ConsoleSession, ConsoleSessions } from './sessions.ts'
import { SocketEnd } from './socket-end.ts'
import type { ConsoleGrant, ShellGrant, TicketGrant } from './ticket-grant.ts'

const STATE_TIMEOUT_MS = 15_000
const NO_BYTES = new Uint8Array(0)

/** What consoles need of the rest of the engine. */
export interface ConsolesDependencies {
  readonly model: () => ModelSnapshot
  readonly findHost: FindConsoleHost
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
  readonly log: Log
}

/** Consoles of VMs: tickets by command, bytes by socket. */
export interface Consoles {
  readonly handlers: {
    readonly 'console.open': InstantHandler<'console.open'>
    readonly 'host.shell': InstantHandler<'host.shell'>
  }
  /**
   * Joins a window's socket to the console that the ticket is for. Never throws: whatever fails is said by the close code
   * and reason (see `encodeConsoleClose`). `identity` comes from the transport.
   */
  attach(ticket: string, identity: Identity, socket: ByteSocket): void
  /** Who is connected to what, now. */
  readonly sessions: readonly ConsoleSession[]
  /** Ends all consoles and waits for them. */
  stop(): Promise<void>
}

/** Creates the consoles of an engine. */
export function createConsoles({ model, findHost, audit, clock, log }: ConsolesDependencies): Consoles {
  const tickets = new SocketTickets<TicketGrant>({
    clock,
    prefix: '/console',
    invalid: (reason) => new AppError('console.ticket-invalid', { reason }),
    tooMany: (limit) => new AppError('console.too-many', { limit }),
  })
  const sessions = new ConsoleSessions()
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()

  const consoleOpen: InstantHandler<'console.open'> = {
    name: 'console.open',
    subject: (snapshot, { vmId }) => ({ kind: 'vm', id: vmId, name: snapshot.vms.get(vmId)?.name ?? vmId }),
    validate: decideConsole,
    execute: async ({ input: { vmId, kind, port, force }, identity: { user } }) => ({
      ...tickets.issue({ user, vmId, kind, port, force }),
      protocol: kind === 'graphics' ? 'vnc' : 'serial',
    }),
    auditParams: ({ kind, port, force }) => ({ kind, ...(port === null ? {} : { port }), force }),
  }

  const hostShell: InstantHandler<'host.shell'> = {
    name: 'host.shell',
    subject: shellSubject,
    validate: (snapshot, { hostId }) => decideShell(snapshot, hostId),
    execute: async ({ input: { hostId, columns, rows }, identity: { user } }) =>
      tickets.issue({ user, kind: 'shell', hostId, columns, rows }),
  }

  /** Everything from the ticket to the last byte. Throws what the window is to be told. */
  async function run(ticket: string, identity: Identity, end: SocketEnd): Promise<void> {
    if (stopping.signal.aborted) throw new AppError('engine.stopping', {})
    // Who may open neither, of no machine and no host, learns nothing about tickets.
    if (!hasAnywhere(identity, 'vm.console') && !hasAnywhere(identity, 'host.shell')) {
      throw new AppError('command.forbidden', { command: 'console.open', permission: 'vm.console' })
    }
    const grant = tickets.redeem(ticket, identity.user)
    const [permission, command, object] =
      grant.kind === 'shell'
        ? (['host.shell', 'host.shell', { kind: 'host', id: grant.hostId }] as const)
        : (['vm.console', 'console.open', { kind: 'vm', id: grant.vmId }] as const)
    if (!isPermitted(identity, permission, [object], model())) {
      throw new AppError('command.forbidden', { command, permission })
    }
    const { session, leave } = sessions.enter({
      user: grant.user,
      objectId: grant.kind === 'shell' ? grant.hostId : grant.vmId,
      kind: grant.kind,
      sinceMs: clock.monotonicMs(),
    })
    const fields = { user: session.user, objectId: session.objectId, kind: session.kind, console: session.id }
    const secondsOpen = () => Math.round((clock.monotonicMs() - session.sinceMs) / 1_000)
    try {
      const failure =
        grant.kind === 'shell' ? await runShell(grant, end, secondsOpen) : await runConsole(grant, end, fields)
      log.info({ ...fields, seconds: secondsOpen() }, 'console disconnected')
      if (stopping.signal.aborted) throw new AppError('engine.stopping', {})
      // The daemon ends a stream with an error of its own when the VM stops or somebody takes the port: an end like any.
      if (failure instanceof AppError && !isAppError(failure, 'libvirt.call-failed')) throw failure
    } finally {
      leave()
    }
  }

  async function runConsole(grant: ConsoleGrant, end: SocketEnd, fields: object): Promise<Error | null> {
    const upstream = await openUpstream(grant, end)
    log.info(fields, 'console connected')
    return pump(end, upstream)
  }

  /** A shell is told of in the trail: who had one on which host, and how long. */
  async function runShell(grant: ShellGrant, end: SocketEnd, secondsOpen: () => number): Promise<Error | null> {
    const refusal = decideShell(model(), grant.hostId)
    if (refusal !== null) throw refusal
    const signal = AbortSignal.any([end.closed, stopping.signal])
    const shell = await findHost(grant.hostId).openShell(grant, { timeoutMs: STATE_TIMEOUT_MS, signal })
    const about = {
      severity: 'info',
      subject: shellSubject(model(), grant),
      user: grant.user,
      command: 'host.shell',
    } as const
    audit.record({ ...about, kind: 'host.shell-opened' })
    end.announce()
    try {
      return await pump(end, shell.stream, (message) => {
        const input = decodeShellInput(message)
        if (input?.kind === 'size') shell.resize(input)
        return input?.kind === 'text' ? input.bytes : NO_BYTES
      })
    } finally {
      audit.record({ ...about, kind: 'host.shell-closed', params: { seconds: secondsOpen() } })
    }
  }

  async function openUpstream(grant: ConsoleGrant, end: SocketEnd): Promise<Duplex> {
    const signal = AbortSignal.any([end.closed, stopping.signal])
    // Up to 30 s may have passed since the ticket: the VM may have stopped or moved.
    const refusal = decideConsole(model(), grant)
    if (refusal !== null) throw refusal
    const { vm, sshUser } = lookUp(grant)
    const host = findHost(vm.hostId)
    const notReady = decideReadiness(vm, await host.fetchState(vm, { timeoutMs: STATE_TIMEOUT_MS, signal }))
    if (notReady !== null) throw notReady
    if (grant.kind === 'serial') {
      const stream = await openSerial(host, vm, grant, signal)
      end.announce()
      return stream
    }
    const upstream = await openGraphics(host, vm, sshUser, signal)
    try {
      await greetPage(end, { name: vm.name, signal })
      return upstream
    } catch (error) {
      upstream.destroy()
      throw error
    }
  }

  function lookUp(grant: ConsoleGrant): { readonly vm: Vm; readonly sshUser: string } {
    const { vms, hosts } = model()
    const vm = vms.get(grant.vmId)
    if (vm === undefined) throw new AppError('vm.not-found', { vmId: grant.vmId })
    return { vm, sshUser: hosts.get(vm.hostId)?.user ?? '' }
  }

  function attach(ticket: string, identity: Identity, socket: ByteSocket): void {
    const end = new SocketEnd(socket)
    const onStop = () => end.close(CONSOLE_CLOSE_ERROR, encodeConsoleClose({ code: 'engine.stopping', params: {} }))
    stopping.signal.addEventListener('abort', onStop)
    const work = run(ticket, identity, end)
      .then(
        () => end.close(CONSOLE_CLOSE_ENDED, ''),
        (error: unknown) => {
          // Whoever has closed the window needs no reason; the abort of it is what was thrown.
          if (end.closed.aborted) return
          const { code, params, technical } = toWireError(error)
          log.warn({ user: identity.user, code, technical }, 'console failed')
          end.close(CONSOLE_CLOSE_ERROR, encodeConsoleClose({ code, params }))
        },
      )
      .finally(() => {
        stopping.signal.removeEventListener('abort', onStop)
        running.delete(work)
      })
    running.add(work)
  }

  return {
    handlers: { 'console.open': consoleOpen, 'host.shell': hostShell },
    attach,
    get sessions() {
      return sessions.all
    },
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

import type { Duplex } from 'node:stream'
import {
  CONSOLE_CLOSE_ENDED,
  CONSOLE_CLOSE_ERROR,
  decodeShellInput,
  encodeConsoleClose,
} from '../../shared/contract/index.ts'
import type { ConsoleConnection, Vm } from '../../shared/domain/index.ts'
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
import { LocalViewers } from './local-viewers.ts'
import { openGraphics } from './open-graphics.ts'
import { openSerial } from './open-serial.ts'
import { pump } from './pump.ts'
import { type ConsoleSession, ConsoleSessions } from './sessions.ts'
import { SocketEnd } from './socket-end.ts'
import type { ConsoleGrant, ShellGrant, TicketGrant } from './ticket-grant.ts'
import { buildViewerFile } from './viewer-file.ts'

const STATE_TIMEOUT_MS = 15_000
const NO_BYTES = new Uint8Array(0)

/** What consoles need of the rest of the engine. */
export interface ConsolesDependencies {
  readonly model: () => ModelSnapshot
  readonly findHost: FindConsoleHost
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
  /** Whether who uses the engine sits at its computer: only then a viewer of theirs reaches it. */
  readonly isLocal: boolean
  /** Where it is shown who is connected. */
  readonly shown: { upsert(connection: ConsoleConnection): void; remove(id: string): void }
  readonly log: Log
}

/** Consoles of VMs: tickets by command, bytes by socket. */
export interface Consoles {
  readonly handlers: {
    readonly 'console.open': InstantHandler<'console.open'>
    readonly 'console.viewer': InstantHandler<'console.viewer'>
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
export function createConsoles({ model, findHost, audit, clock, isLocal, shown, log }: ConsolesDependencies): Consoles {
  const tickets = new SocketTickets<TicketGrant>({
    clock,
    prefix: '/console',
    invalid: (reason) => new AppError('console.ticket-invalid', { reason }),
    tooMany: (limit) => new AppError('console.too-many', { limit }),
  })
  const sessions = new ConsoleSessions()
  const viewers = new LocalViewers({ clock, log })
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

  const consoleViewer: InstantHandler<'console.viewer'> = {
    name: 'console.viewer',
    subject: (snapshot, { vmId }) => ({ kind: 'vm', id: vmId, name: snapshot.vms.get(vmId)?.name ?? vmId }),
    validate: (snapshot, { vmId }) =>
      isLocal
        ? decideConsole(snapshot, { vmId, kind: 'graphics', port: null, force: false })
        : new AppError('console.viewer-elsewhere', {}),
    execute: async ({ input: { vmId }, identity, model: current }) => {
      const name = current().vms.get(vmId)?.name ?? vmId
      const grant = { user: identity.user, vmId, kind: 'graphics', port: null, force: false } as const
      const door = await viewers.open(name, (end) =>
        enter(end, identity, () => run(grant, identity, end, async () => undefined)),
      )
      const { port, password, expiresAt } = door
      return { port, password, expiresAt, file: buildViewerFile({ port, password, title: name }) }
    },
  }

  const hostShell: InstantHandler<'host.shell'> = {
    name: 'host.shell',
    subject: shellSubject,
    validate: (snapshot, { hostId }) => decideShell(snapshot, hostId),
    execute: async ({ input: { hostId, columns, rows }, identity: { user } }) =>
      tickets.issue({ user, kind: 'shell', hostId, columns, rows }),
  }

  /** The grant that a window's ticket is for. Errors: command.forbidden, console.ticket-invalid. */
  function redeem(ticket: string, identity: Identity): TicketGrant {
    if (stopping.signal.aborted) throw new AppError('engine.stopping', {})
    // Who may open neither, of no machine and no host, learns nothing about tickets.
    if (!hasAnywhere(identity, 'vm.console') && !hasAnywhere(identity, 'host.shell')) {
      throw new AppError('command.forbidden', { command: 'console.open', permission: 'vm.console' })
    }
    return tickets.redeem(ticket, identity.user)
  }

  /** Everything from the grant to the last byte. Throws what the window is to be told. */
  async function run(grant: TicketGrant, identity: Identity, end: SocketEnd, greet: typeof greetPage): Promise<void> {
    if (stopping.signal.aborted) throw new AppError('engine.stopping', {})
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
    const id = String(session.id)
    const { user, objectId, kind } = session
    shown.upsert({ id, user, objectId, kind, since: clock.now() })
    const fields = { user: session.user, objectId: session.objectId, kind: session.kind, console: session.id }
    const secondsOpen = () => Math.round((clock.monotonicMs() - session.sinceMs) / 1_000)
    try {
      const failure =
        grant.kind === 'shell' ? await runShell(grant, end, secondsOpen) : await runConsole(grant, end, greet, fields)
      log.info({ ...fields, seconds: secondsOpen() }, 'console disconnected')
      if (stopping.signal.aborted) throw new AppError('engine.stopping', {})
      // The daemon ends a stream with an error of its own when the VM stops or somebody takes the port: an end like any.
      if (failure instanceof AppError && !isAppError(failure, 'libvirt.call-failed')) throw failure
    } finally {
      leave()
      shown.remove(id)
    }
  }

  async function runConsole(
    grant: ConsoleGrant,
    end: SocketEnd,
    greet: typeof greetPage,
    fields: object,
  ): Promise<Error | null> {
    const upstream = await openUpstream(grant, end, greet)
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

  async function openUpstream(grant: ConsoleGrant, end: SocketEnd, greet: typeof greetPage): Promise<Duplex> {
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
      await greet(end, { name: vm.name, signal })
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
    enter(end, identity, async () => run(redeem(ticket, identity), identity, end, greetPage))
  }

  /** Runs a console to its end, and tells the window how it ended. */
  function enter(end: SocketEnd, { user }: Identity, console: () => Promise<void>): void {
    const onStop = () => end.close(CONSOLE_CLOSE_ERROR, encodeConsoleClose({ code: 'engine.stopping', params: {} }))
    stopping.signal.addEventListener('abort', onStop)
    const work = console()
      .then(
        () => end.close(CONSOLE_CLOSE_ENDED, ''),
        (error: unknown) => {
          // Whoever has closed the window needs no reason; the abort of it is what was thrown.
          if (end.closed.aborted) return
          const { code, params, technical } = toWireError(error)
          log.warn({ user, code, technical }, 'console failed')
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
    handlers: { 'console.open': consoleOpen, 'console.viewer': consoleViewer, 'host.shell': hostShell },
    attach,
    get sessions() {
      return sessions.all
    },
    async stop() {
      viewers.stop()
      stopping.abort()
      await Promise.all(running)
    },
  }
}

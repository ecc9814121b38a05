import type { Duplex } from 'node:stream'
import type { HostDefinition, HostFacts, HostId } from '../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import type { LibvirtConnection } from '../libvirt/index.ts'
import {
  type ExecResult,
  isUnanswered,
  type ShellChannel,
  type SkippedDirective,
  type SshSession,
  type TerminalSize,
  wouldRepeatPassword,
} from '../ssh/index.ts'
import { AttemptPause } from './attempt-pause.ts'
import { BulkLink } from './bulk/bulk-link.ts'
import type { BulkSession } from './bulk/bulk-session.ts'
import { isHopeless } from './decide-reach-status.ts'
import { DomainProjection } from './domain-projection.ts'
import type { DomainRecord } from './domain-record.ts'
import { isActiveState } from './domain-states.ts'
import type { DriverFamily } from './driver-family.ts'
import type { FamilyLink } from './family-link.ts'
import type { HostChangeListener, HostLinkState } from './host-change.ts'
import { HostDrivers, type ResourceList } from './host-drivers.ts'
import type { HostRoute, OpenRouteOptions, RouteCallOptions, ScriptOptions } from './host-route.ts'
import { abortedByUs, lostError, toAppError } from './link-errors.ts'
import type { LinkClock, LinkLog, LinkSettings, LinkTiming } from './link-settings.ts'
import { LinkStatus } from './link-status.ts'
import { LiveSession } from './live-session.ts'
import { LiveWaiters } from './live-waiters.ts'
import { openConnection } from './open-connection.ts'
import { QuietChanges } from './quiet-changes.ts'

export interface HostLinkOptions {
  readonly openRoute: (definition: HostDefinition, options: OpenRouteOptions) => Promise<HostRoute>
  /** Starts the thread and session for bulk data. */
  readonly startBulk: (definition: HostDefinition, hostKey: HostRoute['hostKey']) => BulkSession
  readonly settings: () => LinkSettings
  readonly clock: LinkClock
  readonly timing: LinkTiming
  readonly log: LinkLog
  readonly onChange: HostChangeListener
  /** It manages the storage of its datacenter: it may be silent for longer. */
  readonly isStorageManager: () => boolean
}

export interface OpenConnectionRequest {
  /** `off` for a connection that carries a stream. Default: as the control connection. */
  readonly keepalive?: 'off' | undefined
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** One driver of a host: calls to it, connections for what takes long, and how it stands. */
export type HostDriver = Pick<FamilyLink, 'family' | 'state' | 'call' | 'openConnection' | 'retry'>

export interface RedefineOptions {
  /** One that is open already; the link owns it from here on. */
  readonly route?: HostRoute | null
  /** Connect anew even when the way is the same, as when its secrets changed. */
  readonly anew?: boolean
}

/** A connection that lived this long starts the pauses anew when it is lost. */
const STABLE_MS = 30_000
/** How long the end of a control connection waits for the word that the whole route ended, which says more. */
const ROUTE_WORD_MS = 20

/**
 * The engine's side of one host: keeps it connected, keeps its projection current, and hands out what goes over it. One
 * control connection carries calls and events of domains; each other driver, each stream and each long call has a connection
 * of its own.
 */
export class HostLink {
  /** For what has many bytes. It has a session of its own, and ends with the link's. */
  readonly bulk: BulkLink
  readonly #options: HostLinkOptions
  readonly #projection: DomainProjection
  readonly #status: LinkStatus
  readonly #drivers: HostDrivers
  readonly #quietChanges: QuietChanges
  readonly #life = new AbortController()
  readonly #waiters: LiveWaiters
  readonly #pause: AttemptPause
  #definition: HostDefinition
  #route: HostRoute | null = null
  /** One that somebody opened already, for the next attempt. */
  #offered: HostRoute | null = null
  #live: LiveSession | null = null
  #synchronized = false
  #attempt = new AbortController()
  /** The attempt under way, or the next one, is what somebody asked for. */
  #reconnecting = false
  #hostKey: HostRoute['hostKey'] = null
  #endpoint: HostRoute['endpoint'] = null
  #configSkipped: readonly SkippedDirective[] = []
  #facts: HostFacts | null = null
  /** Connections in a row that were lost soon after they came about. */
  #shortLives = 0
  /** Sign-ins in a row to which the host did not answer any more. */
  #unansweredSignIns = 0
  #running: Promise<void> = Promise.resolve()
  #attemptEnded = Promise.withResolvers<AppError | null>()

  /** `route` is one that is open already, as after the checks of a new host; the link owns it from here on. */
  constructor(definition: HostDefinition, options: HostLinkOptions, route: HostRoute | null = null) {
    this.#definition = definition
    this.#options = options
    this.#offered = route
    this.#waiters = new LiveWaiters(options.clock)
    this.#pause = new AttemptPause(options.clock)
    this.bulk = new BulkLink({
      start: () => options.startBulk(this.#definition, this.#connectedRoute().hostKey),
      clock: options.clock,
      idleMs: options.timing.bulkIdleMs,
    })
    this.#projection = new DomainProjection({
      now: () => options.clock.now(),
      onChange: (uuids) => {
        this.#status.heard()
        options.onChange({ kind: 'domains', hostId: this.id, uuids })
      },
      onIncomplete: () => this.#resynchronize(),
    })
    this.#drivers = new HostDrivers({
      open: (family, request) =>
        openConnection(this.#connectedRoute(), { ...this.#connectionOptions(request), family }),
      onEvent: (family, event) => {
        this.#status.heard()
        options.onChange({ kind: 'driver-event', hostId: this.id, family, event })
      },
      onState: () => options.onChange({ kind: 'state', hostId: this.id }),
      onResources: (family) => options.onChange({ kind: 'resources', hostId: this.id, family }),
      clock: options.clock,
      decidePauseMs: options.timing.decidePauseMs,
    })
    this.#quietChanges = new QuietChanges({
      projection: this.#projection,
      clock: options.clock,
      lookMs: options.timing.lookMs,
      onDefinition: (uuid) => options.onChange({ kind: 'definition', hostId: this.id, uuid }),
      onFailed: (error) => this.#logFailure('a look for changes without an event failed', error),
    })
    this.#status = new LinkStatus({
      hostId: definition.id,
      clock: options.clock,
      settings: options.settings,
      log: options.log,
      runningVmCount: () => [...this.#projection.records.values()].filter(({ state }) => isActiveState(state)).length,
      isStorageManager: options.isStorageManager,
      onChange: () => options.onChange({ kind: 'state', hostId: this.id }),
    })
  }

  get id(): HostId {
    return this.#definition.id
  }

  get definition(): HostDefinition {
    return this.#definition
  }

  /** The host's domains by UUID as last read; see {@link HostLinkState.stale}. */
  get domains(): ReadonlyMap<string, DomainRecord> {
    return this.#projection.records
  }

  get networks(): ResourceList {
    return this.#drivers.list('network')
  }

  get pools(): ResourceList {
    return this.#drivers.list('storage')
  }

  /** True while the records are known to be current. */
  get isLive(): boolean {
    return this.#live !== null && this.#synchronized
  }

  get state(): HostLinkState {
    const { status, statusSince, progress, heardAt } = this.#status
    return {
      definition: this.#definition,
      status,
      statusSince,
      error: progress.error,
      nextAttemptAt: progress.nextAttemptAt,
      reconnecting: this.#reconnecting,
      hostKey: this.#hostKey,
      endpoint: this.#endpoint,
      configSkipped: this.#configSkipped,
      facts: this.#facts,
      asOf: heardAt,
      stale: !this.isLive,
      drivers: this.#drivers.states,
    }
  }

  /** What the host told an engine before this one: shown, as old as it is, until it tells anew. */
  remember(facts: HostFacts, heardAt: number): void {
    if (this.#facts !== null || this.isLive) return
    this.#facts = facts
    this.#status.remember(heardAt)
    this.#status.change()
  }

  /** Begins to connect, and to connect again whenever the connection is lost. */
  start(): void {
    if (this.#status.progress.phase !== 'idle') return
    this.#status.change({ phase: 'connecting' })
    this.#running = this.#run()
  }

  /** Drops everything; calls under way end with an unknown outcome. */
  async stop(): Promise<void> {
    this.#life.abort()
    this.#attempt.abort()
    await this.#drop(new AppError('engine.stopping', {}))
    await this.#running
    await this.#offered?.close()
    this.#status.stop()
  }

  /** The wall's clock was set by so much, milliseconds. */
  shiftStamps(deltaMs: number): void {
    this.#status.shiftStamps(deltaMs)
  }

  /** Tries now instead of later; without effect while connected, and where only a person can help. */
  nudge(): void {
    if (this.isLive) this.#drivers.retry()
    else if (!this.#pause.waitsForPerson) this.#pause.end()
  }

  /** Drops the connection, if any, and connects at once, over `route` where one is open already. Rejects with the reason when that fails. */
  async reconnect(route: HostRoute | null = null): Promise<void> {
    if (this.#life.signal.aborted) {
      await route?.close()
      throw new AppError('engine.stopping', {})
    }
    const before = this.#attemptEnded
    const ended = Promise.withResolvers<AppError | null>()
    this.#attemptEnded = ended
    void ended.promise.then(before.resolve)
    // All of it before anything is awaited: the next attempt begins as soon as the one under way has ended.
    const unused = this.#offered
    this.#offered = route
    this.#reconnecting = true
    this.#attempt.abort()
    const dropped = this.#drop(abortedByUs())
    this.#pause.end()
    await Promise.all([dropped, unused?.close()])
    const error = await ended.promise
    if (error !== null) throw error
  }

  /** Takes a new definition; connects anew when the way to the host is another one, or when asked to (`anew`). */
  async redefine(definition: HostDefinition, { route = null, anew = false }: RedefineOptions = {}): Promise<void> {
    const before = this.#definition
    this.#definition = definition
    const sameWay =
      before.transport === definition.transport &&
      before.address === definition.address &&
      before.port === definition.port &&
      before.user === definition.user &&
      before.authentication === definition.authentication &&
      before.privateKeyPath === definition.privateKeyPath &&
      before.jumpHost === definition.jumpHost &&
      before.libvirtMode === definition.libvirtMode
    // Where the old way led says nothing of the new one.
    if (!sameWay) this.#endpoint = null
    this.#status.change()
    if (!sameWay || anew || route !== null) await this.reconnect(route)
  }

  /** The connection for short calls. Throws host.not-connected. */
  control(): LibvirtConnection {
    if (this.#live === null) throw this.#notConnected()
    return this.#live.connection
  }

  /** The SSH session; null for this computer, and while not connected. */
  session(): SshSession | null {
    return this.#route?.session ?? null
  }

  /** Opens a libvirt connection for one stream or one long call; the caller closes it. Errors: host.not-connected and those of opening. */
  async openConnection(request: OpenConnectionRequest = {}): Promise<LibvirtConnection> {
    return openConnection(this.#connectedRoute(), this.#connectionOptions(request))
  }

  /** A driver beside the hypervisor's, on a connection of its own. One that nobody has asked for yet is connected to then. */
  family(family: DriverFamily): HostDriver {
    return this.#drivers.get(family)
  }

  #connectionOptions({ timeoutMs, signal, keepalive }: OpenConnectionRequest) {
    return {
      address: this.#definition.address,
      timeoutMs: timeoutMs ?? this.#options.settings().connectTimeoutMs,
      signal,
      keepalive: keepalive ?? this.#options.timing.keepalive,
    }
  }

  /** Opens a unix socket on the host, over the same SSH session. */
  async forwardSocket(path: string, options?: RouteCallOptions): Promise<Duplex> {
    return this.#connectedRoute().forwardSocket(path, options)
  }

  /** Opens a TCP connection from the host, over the same SSH session. */
  async forwardTcp(host: string, port: number, options?: RouteCallOptions): Promise<Duplex> {
    return this.#connectedRoute().forwardTcp(host, port, options)
  }

  /** Runs a script on the host, over the same SSH session. Errors: host.not-connected, and those of `HostRoute.runScript`. */
  async runScript(script: string, options: ScriptOptions): Promise<ExecResult> {
    const { runScript } = this.#connectedRoute()
    if (runScript === null) throw this.#notConnected()
    return runScript(script, options)
  }

  /** Opens the user's login shell on the host. Errors: host.not-connected, host.needs-ssh, and those of `SshSession.openShell`. */
  async openShell(size: TerminalSize, options: RouteCallOptions): Promise<ShellChannel> {
    const { session } = this.#connectedRoute()
    const { name } = this.#definition
    if (session === null) throw new AppError('host.needs-ssh', { name, action: 'host.shell' }, { hostId: this.id })
    return session.openShell(size, options)
  }

  /** Reads one domain again; what changed is in the projection when this resolves. Null: the host has no such domain. */
  async refreshDomain(uuid: string): Promise<DomainRecord | null> {
    if (this.#live === null) throw this.#notConnected()
    return this.#projection.refresh(uuid)
  }

  /** Resolves true as soon as the records are current, false when that does not come about in time. */
  async whenLive(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.isLive) return true
    return this.#waiters.wait(timeoutMs, signal === undefined ? [this.#life.signal] : [this.#life.signal, signal])
  }

  async #run(): Promise<void> {
    while (!this.#life.signal.aborted) {
      const error = await this.#connectAndWait()
      if (this.#life.signal.aborted) break
      await this.#drop(error, this.#routeIsSpent(error))
      const pauseMs = this.#decidePauseMs(error)
      this.#status.change({ nextAttemptAt: pauseMs === null ? null : this.#options.clock.now() + pauseMs })
      this.#status.watchGrace()
      await this.#pause.wait(pauseMs, this.#life.signal)
    }
    this.#attemptEnded.resolve(new AppError('engine.stopping', {}))
  }

  /** One life of the connection: returns why it ended, or why it never began. */
  async #connectAndWait(): Promise<AppError> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const ended = this.#attemptEnded
    this.#status.change({ nextAttemptAt: null })
    try {
      await this.#connect(attempt.signal)
    } catch (error) {
      if (attempt.signal.aborted) return abortedByUs()
      const reason = toAppError(error)
      this.#reconnecting = false
      this.#status.change({ failures: this.#status.progress.failures + 1, error: reason, phase: 'connecting' })
      ended.resolve(reason)
      return reason
    }
    this.#reconnecting = false
    this.#status.heard()
    this.#status.change({ phase: 'connected', failures: 0, error: null })
    this.#waiters.notify()
    ended.resolve(null)
    const liveSince = this.#options.clock.monotonicMs()
    const reason = await this.#lost()
    if (attempt.signal.aborted) return abortedByUs()
    this.#shortLives = this.#options.clock.monotonicMs() - liveSince < STABLE_MS ? this.#shortLives + 1 : 0
    return reason
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { connectTimeoutMs } = this.#options.settings()
    const limits = { timeoutMs: connectTimeoutMs, signal }
    const definition = this.#definition
    if (this.#route === null) {
      const offered = this.#offered
      this.#offered = null
      this.#configSkipped = []
      const onConfigSkipped: OpenRouteOptions['onConfigSkipped'] = (skipped) => {
        this.#configSkipped = skipped
      }
      this.#adopt(offered ?? (await this.#options.openRoute(definition, { ...limits, onConfigSkipped })))
    }
    const route = this.#route
    if (route === null) throw lostError(definition.address)
    this.#hostKey = route.hostKey
    this.#endpoint = route.endpoint
    this.#configSkipped = route.configSkipped
    const connection = await openConnection(route, {
      address: definition.address,
      keepalive: this.#options.timing.keepalive,
      anew: true,
      ...limits,
    })
    if (signal.aborted) {
      await connection.close()
      throw abortedByUs()
    }
    const live = new LiveSession(connection, this.#projection, {
      heard: () => this.#status.heard(),
      domainEvent: (event, before) => this.#options.onChange({ kind: 'event', hostId: this.id, event, before }),
      facts: (facts) => {
        this.#facts = facts
        this.#status.change()
      },
      readFailed: (what, error) => {
        const { technical } = toWireError(error)
        this.#options.log.warn({ hostId: this.id, what, technical }, 'a reading failed')
      },
    })
    this.#live = live
    this.#status.change({ phase: 'initializing', error: null })
    await live.start()
    if (signal.aborted) throw abortedByUs()
    this.#synchronized = true
    this.#quietChanges.start(connection)
    this.#drivers.start()
    void live.readPending()
  }

  #adopt(route: HostRoute): void {
    this.#route = route
    void route.closed.then(() => {
      if (this.#route === route) this.#route = null
    })
  }

  async #lost(): Promise<AppError> {
    const route = this.#route
    const live = this.#live
    if (route === null || live === null) return lostError(this.#definition.address)
    const byConnection = live.connection.closed
    const first = await Promise.race([byConnection, route.closed])
    const second = await Promise.race([route.closed, delay(ROUTE_WORD_MS)])
    return second ?? first ?? lostError(this.#definition.address)
  }

  /** Takes down what is there. The route stays for the next attempt unless `entirely` or it ended itself. */
  async #drop(error: AppError, entirely = true): Promise<void> {
    // Taken out before anything is awaited: what the next attempt puts there is not this one's to close.
    const live = this.#live
    const route = entirely ? this.#route : null
    this.#live = null
    this.#synchronized = false
    if (entirely) this.#route = null
    if (live !== null) {
      const { intervalMs, count } = this.#options.timing.keepalive
      this.#status.lost(isAppError(error, 'libvirt.keepalive-lost') ? intervalMs * (count + 1) : 0)
    }
    this.#quietChanges.stop()
    this.#projection.detach(error)
    const deliberate = isAppError(error, 'ssh.aborted') || isAppError(error, 'engine.stopping')
    this.#status.change({ phase: 'connecting', ...(deliberate ? { failures: 0, error: null } : { error }) })
    // Each daemon is told goodbye before the way to it ends.
    await Promise.all([live?.connection.close(), this.#drivers.stop(), entirely ? this.bulk.end(error) : undefined])
    await route?.close()
  }

  /** A daemon that is away for a moment is waited for over the same route; anything else begins anew. */
  #routeIsSpent(error: AppError): boolean {
    if (isAppError(error, 'ssh.aborted') || isHopeless(error)) return true
    if (this.#status.progress.failures === 0) return false
    return !isAppError(error, 'host.libvirt-missing') && !isAppError(error, 'host.libvirt-not-running')
  }

  #decidePauseMs(error: AppError): number | null {
    if (isAppError(error, 'ssh.aborted')) return 0
    this.#unansweredSignIns = isUnanswered(error) ? this.#unansweredSignIns + 1 : 0
    const repeats = wouldRepeatPassword(error, this.#unansweredSignIns)
    if (repeats && this.#definition.authentication === 'password') return null
    const failures = Math.max(1, this.#status.progress.failures, this.#shortLives)
    return this.#options.timing.decidePauseMs(failures, isHopeless(error))
  }

  #resynchronize(): void {
    const live = this.#live
    live?.synchronize().catch((error: unknown) => {
      this.#logFailure('the domains could not be read anew', error)
      // What is shown is known to lack something: begin anew rather than show it as current.
      return live.connection.close()
    })
  }

  #logFailure(what: string, error: unknown): void {
    this.#options.log.warn({ hostId: this.id, technical: toWireError(error).technical }, what)
  }

  #connectedRoute(): HostRoute {
    if (this.#route === null || this.#live === null) throw this.#notConnected()
    return this.#route
  }

  #notConnected(): AppError {
    const { name, id } = this.#definition
    return new AppError('host.not-connected', { name, status: this.#status.status }, { hostId: id, retry: 'safe' })
  }
}

function delay(delayMs: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), delayMs))
}

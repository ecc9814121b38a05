import type { Duplex } from 'node:stream'
import type { HostFacts, HostId, HostStatus } from '../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import type { LibvirtConnection } from '../libvirt/index.ts'
import type { SshSession } from '../ssh/index.ts'
import { XmlError } from '../xml/index.ts'
import { decideHostStatus, isHopeless, type LinkPhase, nonResponsiveAt } from './decide-host-status.ts'
import { DomainProjection } from './domain-projection.ts'
import type { DomainRecord } from './domain-record.ts'
import type { HostChangeListener, HostLinkState } from './host-change.ts'
import type { HostDefinition } from './host-definition.ts'
import type { HostResource } from './host-resources.ts'
import type { HostRoute, RouteCallOptions } from './host-route.ts'
import { libvirtUri } from './libvirt-sockets.ts'
import type { LinkClock, LinkLog, LinkSettings, LinkTiming } from './link-settings.ts'
import { LiveSession } from './live-session.ts'
import { openConnection } from './open-control.ts'

export interface HostLinkOptions {
  readonly openRoute: (definition: HostDefinition, options: RouteCallOptions) => Promise<HostRoute>
  readonly settings: () => LinkSettings
  readonly clock: LinkClock
  readonly timing: LinkTiming
  readonly log: LinkLog
  readonly onChange: HostChangeListener
}

export interface OpenConnectionRequest {
  /** `off` for a connection that carries a stream. Default: as the control connection. */
  readonly keepalive?: 'off'
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** How long the end of a control connection waits for the word that the whole route ended, which says more. */
const ROUTE_WORD_MS = 20

/**
 * The engine's side of one host: keeps it connected, keeps its projection current, and hands out what goes over it. One
 * control connection carries calls and events; each stream and each long call has a connection of its own.
 */
export class HostLink {
  readonly #options: HostLinkOptions
  readonly #projection: DomainProjection
  readonly #life = new AbortController()
  readonly #liveWaiters = new Set<() => void>()
  #definition: HostDefinition
  #route: HostRoute | null = null
  /** One that somebody opened already, for the next attempt. */
  #offered: HostRoute | null = null
  #live: LiveSession | null = null
  #synchronized = false
  #attempt = new AbortController()
  #phase: LinkPhase = 'idle'
  #failures = 0
  #lastSuccessAt: number
  #heardAt: number | null = null
  #error: AppError | null = null
  #nextAttemptAt: number | null = null
  #status: HostStatus = 'unassigned'
  #statusSince: number
  #hostKey: HostRoute['hostKey'] = null
  #endpoint: HostRoute['endpoint'] = null
  #facts: HostFacts | null = null
  #networks: readonly HostResource[] = []
  #pools: readonly HostResource[] = []
  #wake: (() => void) | null = null
  /** Somebody asked for an attempt at once while the pause had not begun yet. */
  #nudged = false
  #cancelStatusTimer: () => void = () => undefined
  #running: Promise<void> = Promise.resolve()
  #attemptEnded = Promise.withResolvers<AppError | null>()

  /** `route` is one that is open already, as after the checks of a new host; the link owns it from here on. */
  constructor(definition: HostDefinition, options: HostLinkOptions, route: HostRoute | null = null) {
    this.#definition = definition
    this.#options = options
    this.#offered = route
    this.#lastSuccessAt = options.clock.now()
    this.#statusSince = this.#lastSuccessAt
    this.#projection = new DomainProjection({
      now: () => options.clock.now(),
      onChange: (uuids) => {
        this.#heard()
        options.onChange({ kind: 'domains', hostId: this.id, uuids })
      },
      onIncomplete: () => this.#resynchronize(),
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

  get networks(): readonly HostResource[] {
    return this.#networks
  }

  get pools(): readonly HostResource[] {
    return this.#pools
  }

  /** True while the records are known to be current. */
  get isLive(): boolean {
    return this.#live !== null && this.#synchronized
  }

  get state(): HostLinkState {
    return {
      definition: this.#definition,
      status: this.#status,
      statusSince: this.#statusSince,
      error: this.#error,
      nextAttemptAt: this.#nextAttemptAt,
      hostKey: this.#hostKey,
      endpoint: this.#endpoint,
      facts: this.#facts,
      asOf: this.#heardAt,
      stale: !this.isLive,
    }
  }

  /** Begins to connect, and to connect again whenever the connection is lost. */
  start(): void {
    if (this.#phase !== 'idle') return
    this.#phase = 'connecting'
    this.#publish()
    this.#running = this.#run()
  }

  /** Drops everything; calls under way end with an unknown outcome. */
  async stop(): Promise<void> {
    this.#life.abort()
    this.#attempt.abort()
    this.#wake?.()
    await this.#drop(new AppError('engine.stopping', {}))
    await this.#running
    await this.#offered?.close()
    this.#cancelStatusTimer()
  }

  /** Tries now instead of later; without effect while connected. */
  nudge(): void {
    if (this.isLive) return
    this.#nudged = true
    this.#wake?.()
  }

  /** Drops the connection, if any, and connects at once, over `route` where one is open already. Rejects with the reason when that fails. */
  async reconnect(route: HostRoute | null = null): Promise<void> {
    const before = this.#attemptEnded
    const ended = Promise.withResolvers<AppError | null>()
    this.#attemptEnded = ended
    void ended.promise.then(before.resolve)
    this.#attempt.abort()
    await this.#drop(abortedByUs())
    this.#offered = route
    this.nudge()
    const error = await ended.promise
    if (error !== null) throw error
  }

  /** Takes a new definition; connects anew when the way to the host is another one. */
  async redefine(definition: HostDefinition, route: HostRoute | null = null): Promise<void> {
    const before = this.#definition
    this.#definition = definition
    this.#publish()
    const sameWay =
      before.transport === definition.transport &&
      before.address === definition.address &&
      before.port === definition.port &&
      before.user === definition.user &&
      before.authentication === definition.authentication &&
      before.privateKeyPath === definition.privateKeyPath &&
      before.libvirtMode === definition.libvirtMode
    if ((!sameWay || route !== null) && this.#phase !== 'idle') await this.reconnect(route)
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
  openConnection(request: OpenConnectionRequest = {}): Promise<LibvirtConnection> {
    const { timeoutMs = this.#options.settings().connectTimeoutMs, signal, keepalive } = request
    return openConnection(this.#connectedRoute(), {
      uri: libvirtUri(this.#definition.libvirtMode),
      address: this.#definition.address,
      timeoutMs,
      signal,
      keepalive: keepalive ?? this.#options.timing.keepalive,
    })
  }

  /** Opens a unix socket on the host, over the same SSH session. */
  async forwardSocket(path: string, options?: RouteCallOptions): Promise<Duplex> {
    return this.#connectedRoute().forwardSocket(path, options)
  }

  /** Opens a TCP connection from the host, over the same SSH session. */
  async forwardTcp(host: string, port: number, options?: RouteCallOptions): Promise<Duplex> {
    return this.#connectedRoute().forwardTcp(host, port, options)
  }

  /** Reads one domain again; what changed is in the projection when this resolves. Null: the host has no such domain. */
  async refreshDomain(uuid: string): Promise<DomainRecord | null> {
    if (this.#live === null) throw this.#notConnected()
    return this.#projection.refresh(uuid)
  }

  /** Resolves true as soon as the records are current, false when that does not come about in time. */
  async whenLive(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.isLive) return true
    return new Promise((resolve) => {
      const finish = (live: boolean) => {
        this.#liveWaiters.delete(onLive)
        cancelTimer()
        signal?.removeEventListener('abort', onGiveUp)
        resolve(live)
      }
      const onLive = () => finish(true)
      const onGiveUp = () => finish(false)
      const cancelTimer = this.#options.clock.after(timeoutMs, onGiveUp)
      this.#liveWaiters.add(onLive)
      signal?.addEventListener('abort', onGiveUp, { once: true })
      if (signal?.aborted === true || this.#life.signal.aborted) onGiveUp()
    })
  }

  async #run(): Promise<void> {
    while (!this.#life.signal.aborted) {
      const error = await this.#connectAndWait()
      if (this.#life.signal.aborted) break
      const byUs = isAppError(error, 'ssh.aborted')
      if (byUs) this.#failures = 0
      await this.#drop(error, this.#routeIsSpent(error))
      this.#error = byUs ? null : error
      this.#phase = 'connecting'
      const pauseMs = byUs ? 0 : this.#options.timing.decidePauseMs(Math.max(1, this.#failures), isHopeless(error))
      await this.#pause(pauseMs)
    }
    this.#attemptEnded.resolve(new AppError('engine.stopping', {}))
  }

  /** One life of the connection: returns why it ended, or why it never began. */
  async #connectAndWait(): Promise<AppError> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const ended = this.#attemptEnded
    this.#nextAttemptAt = null
    this.#publish()
    try {
      await this.#connect(attempt.signal)
    } catch (error) {
      const reason = attempt.signal.aborted ? abortedByUs() : toAppError(error)
      if (!attempt.signal.aborted) {
        this.#failures += 1
        ended.resolve(reason)
      }
      return reason
    }
    this.#failures = 0
    this.#error = null
    this.#phase = 'connected'
    this.#heard()
    this.#publish()
    for (const waiter of [...this.#liveWaiters]) waiter()
    ended.resolve(null)
    const reason = await this.#lost()
    return attempt.signal.aborted ? abortedByUs() : reason
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { connectTimeoutMs } = this.#options.settings()
    const limits = { timeoutMs: connectTimeoutMs, signal }
    const definition = this.#definition
    if (this.#route === null) {
      const offered = this.#offered
      this.#offered = null
      this.#adopt(offered ?? (await this.#options.openRoute(definition, limits)))
    }
    const route = this.#route
    if (route === null) throw lostError(definition.address)
    this.#hostKey = route.hostKey
    this.#endpoint = route.endpoint
    const connection = await openConnection(route, {
      uri: libvirtUri(definition.libvirtMode),
      address: definition.address,
      keepalive: this.#options.timing.keepalive,
      ...limits,
    })
    if (signal.aborted) {
      await connection.close()
      throw abortedByUs()
    }
    const live = new LiveSession(connection, this.#projection, {
      heard: () => this.#heard(),
      domainEvent: (event, before) => this.#options.onChange({ kind: 'event', hostId: this.id, event, before }),
      resources: (networks, pools) => {
        this.#networks = networks
        this.#pools = pools
        this.#options.onChange({ kind: 'resources', hostId: this.id })
      },
      facts: (facts) => {
        this.#facts = facts
        this.#publish()
      },
      readFailed: (what, error) => {
        const { technical } = toWireError(error)
        this.#options.log.warn({ hostId: this.id, what, technical }, 'a reading failed')
      },
    })
    this.#live = live
    this.#phase = 'initializing'
    this.#error = null
    this.#publish()
    await live.start()
    this.#synchronized = true
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
    const live = this.#live
    if (live !== null) {
      const { intervalMs, count } = this.#options.timing.keepalive
      const silentMs = isAppError(error, 'libvirt.keepalive-lost') ? intervalMs * (count + 1) : 0
      this.#lastSuccessAt = Math.max(this.#heardAt ?? 0, this.#options.clock.now() - silentMs)
      this.#heardAt = this.#lastSuccessAt
    }
    this.#live = null
    this.#synchronized = false
    this.#projection.detach(error)
    if (live !== null) this.#phase = 'connecting'
    this.#publish()
    await live?.connection.close()
    if (!entirely) return
    const route = this.#route
    this.#route = null
    await route?.close()
  }

  /** A daemon that is away for a moment is waited for over the same route; anything else begins anew. */
  #routeIsSpent(error: AppError): boolean {
    if (isAppError(error, 'ssh.aborted') || isHopeless(error)) return true
    if (this.#failures === 0) return false
    return !isAppError(error, 'host.libvirt-missing') && !isAppError(error, 'host.libvirt-not-running')
  }

  async #pause(pauseMs: number | null): Promise<void> {
    const { clock } = this.#options
    this.#nextAttemptAt = pauseMs === null ? null : clock.now() + pauseMs
    this.#publish()
    this.#armStatusTimer()
    const woken = Promise.withResolvers<void>()
    const cancel = pauseMs === null ? () => undefined : clock.after(pauseMs, () => woken.resolve())
    this.#wake = () => woken.resolve()
    if (this.#life.signal.aborted || this.#nudged) woken.resolve()
    await woken.promise
    cancel()
    this.#wake = null
    this.#nudged = false
  }

  /** The status may change while nothing happens: when the grace time is over. */
  #armStatusTimer(): void {
    this.#cancelStatusTimer()
    const at = nonResponsiveAt({
      lastSuccessAt: this.#lastSuccessAt,
      nonResponsiveAfterMs: this.#options.settings().nonResponsiveAfterMs,
      vmCount: this.#projection.records.size,
    })
    const delayMs = at - this.#options.clock.now()
    this.#cancelStatusTimer =
      delayMs > 0 ? this.#options.clock.after(delayMs + 1, () => this.#publish()) : () => undefined
  }

  #heard(): void {
    this.#heardAt = this.#options.clock.now()
  }

  #publish(): void {
    const now = this.#options.clock.now()
    const status = decideHostStatus({
      phase: this.#phase,
      failures: this.#failures,
      lastSuccessAt: this.#lastSuccessAt,
      now,
      nonResponsiveAfterMs: this.#options.settings().nonResponsiveAfterMs,
      vmCount: this.#projection.records.size,
      error: this.#error,
    })
    if (status !== this.#status) {
      this.#status = status
      this.#statusSince = now
      this.#options.log.info({ hostId: this.id, status, code: this.#error?.code }, 'host status changed')
    }
    this.#options.onChange({ kind: 'state', hostId: this.id })
  }

  #resynchronize(): void {
    this.#live?.resynchronize().catch((error: unknown) => {
      const { technical } = toWireError(error)
      this.#options.log.warn({ hostId: this.id, technical }, 'the domains could not be read anew')
    })
  }

  #connectedRoute(): HostRoute {
    if (this.#route === null || this.#live === null) throw this.#notConnected()
    return this.#route
  }

  #notConnected(): AppError {
    const { name, id } = this.#definition
    return new AppError('host.not-connected', { name, status: this.#status }, { hostId: id, retry: 'safe' })
  }
}

function abortedByUs(): AppError {
  return new AppError('ssh.aborted', { operation: 'connect' }, { retry: 'safe' })
}

function lostError(address: string): AppError {
  return new AppError('ssh.connection-lost', { address, reason: 'closed' }, { retry: 'safe' })
}

function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  if (error instanceof XmlError)
    return new AppError('libvirt.protocol-violation', { detail: error.message }, { cause: error })
  const detail = error instanceof Error ? error.message : String(error)
  return new AppError('internal', { detail: detail.slice(0, 500) }, { cause: error })
}

function delay(delayMs: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), delayMs))
}

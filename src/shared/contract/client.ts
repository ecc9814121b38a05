import type { WireError } from '../errors/index.ts'
import { AppError, toWireError } from '../errors/index.ts'
import type { ClientFrame } from './client-frame.ts'
import type { CommandInput, CommandName, CommandOutput } from './commands.ts'
import type { CommandPlan, Result, ServerFrame, Verdict } from './frames.ts'
import { ACK_EVERY_FRAMES, CLIENT_FRAME_LIMIT_BYTES } from './frames.ts'
import { EACH_IDS_LIMIT, type EachField, type GroupVerdict, mergeGroupVerdicts, refuseEach } from './group-verdict.ts'
import type { TopicAddress, TopicEntity, TopicName } from './topics.ts'

/** One connection to the engine as a transport gives it: a MessagePort or a WebSocket behind a few lines. */
export interface ClientPort {
  send(frame: ClientFrame): void
  /** Frames as parsed JSON or structured clones. */
  onMessage(listener: (frame: unknown) => void): void
  /** Called once, when the connection is gone for whatever reason. */
  onClose(listener: (reason: string) => void): void
  close(): void
}

/** `connecting`: never was there yet. `lost`: was there, and is being sought again. */
export type ConnectionStatus = 'connecting' | 'open' | 'lost' | 'closed'

export interface ClientOptions {
  /** Makes one connection; rejects when it cannot be made. The client tries again by itself. */
  readonly connect: (signal: AbortSignal) => Promise<ClientPort>
  /** First and longest wait between two tries, milliseconds. Default 250 and 5,000. */
  readonly retryDelayMs?: { readonly first: number; readonly longest: number }
  /** Silence after which the engine is asked for a sign of life, and how long it has. Default 15,000 and 10,000. */
  readonly heartbeatMs?: { readonly idle: number; readonly answer: number }
  /** 0–1, for the jitter between tries. Default Math.random. */
  readonly random?: () => number
}

export interface TopicObserver<T extends TopicName> {
  /** Everything there is now: at the start, and again after each reconnect. Replaces all that was known. */
  snapshot(entities: readonly TopicEntity<T>[], at: { readonly epoch: string; readonly rev: number }): void
  patch(upsert: readonly TopicEntity<T>[], remove: readonly string[], at: { readonly rev: number }): void
  /** The engine ended it; nothing more comes. */
  closed(error: WireError): void
}

export interface CallOptions {
  /** Stops waiting (the command itself goes on): the result is then `transport.lost`, to be looked at after a refresh. */
  readonly signal?: AbortSignal
}

/** The things that a question is about, and which part of the inputs names them. */
export interface EachIds {
  readonly field: EachField
  /** Any number. */
  readonly ids: readonly string[]
  /** Name the allowed ones too, and not only their number. Default false. */
  readonly list?: boolean
}

export interface ContractClient {
  /** Runs a command. Never rejects. What was under way when the connection went is `transport.lost` with retry `after-refresh`. */
  call<N extends CommandName>(
    command: N,
    input: CommandInput<N>,
    options?: CallOptions,
  ): Promise<Result<CommandOutput<N>>>
  /** What would this do now? Nothing is done. Never rejects. */
  plan<N extends CommandName>(command: N, input: CommandInput<N>): Promise<Result<CommandPlan>>
  /** May these run now? In the same order; at most 64. All are `transport.lost` without a connection. */
  canRun(calls: readonly { readonly command: CommandName; readonly input: unknown }[]): Promise<readonly Verdict[]>
  /**
   * May these run for each of these ids? One verdict for each call, in the same order; its inputs go without the part that
   * `field` names. Without a connection everything is refused as `transport.lost`.
   */
  canRunEach(
    calls: readonly { readonly command: CommandName; readonly input: Readonly<Record<string, unknown>> }[],
    each: EachIds,
  ): Promise<readonly GroupVerdict[]>
  /** Watches a topic, across reconnects. Returns how to stop. */
  subscribe<T extends TopicName>(address: TopicAddress<T>, observer: TopicObserver<T>): () => void
  readonly status: ConnectionStatus
  /** The run of the engine it is, or was last, connected to. */
  readonly epoch: string | null
  /**
   * The engine's clock, milliseconds since the epoch: what it showed last and what has passed since then. The page's own clock
   * may show anything. Before the first word of the engine, the page's.
   */
  now(): number
  /** How long ago the engine was last heard, milliseconds: what was shown then is that old. Before its first word, since the start. */
  silentMs(): number
  /** Told of every change of `status`. Returns how to stop. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void
  /** Tries at once instead of waiting: the network is back, or a person asks. */
  retryNow(): void
  /** Resolves when open; rejects with the signal's reason, or `transport.lost` once closed. */
  ready(signal?: AbortSignal): Promise<void>
  close(): void
}

type Reply = Result<unknown> | readonly Verdict[] | readonly GroupVerdict[] | WireError

interface Pending {
  readonly frame: ClientFrame
  /** Sent on this connection: then its outcome is unknown if the connection goes. */
  isSent: boolean
  settle(reply: Reply): void
}

/** Calls that may be waiting for a reply or for the first connection. */
const PENDING_LIMIT = 256

function lost(reason: string, retry: 'safe' | 'after-refresh'): WireError {
  return toWireError(new AppError('transport.lost', { reason }, { retry }))
}

function isWireError(value: object): value is WireError {
  return 'code' in value && 'params' in value
}

/** The engine's client: the same for the page and the command line. It reconnects and resubscribes by itself. */
export function createContractClient(options: ClientOptions): ContractClient {
  return new Client(options)
}

class Client implements ContractClient {
  readonly #options: ClientOptions
  readonly #pending = new Map<number, Pending>()
  readonly #observers = new Map<number, { readonly frame: ClientFrame; readonly observer: TopicObserver<never> }>()
  readonly #statusListeners = new Set<(status: ConnectionStatus) => void>()
  #status: ConnectionStatus = 'connecting'
  #epoch: string | null = null
  /** What the engine's clock showed, and our monotonic one then. */
  #engineClock: { readonly now: number; readonly atMs: number } | null = null
  #port: ClientPort | null = null
  #nextId = 1
  #heardMs = performance.now()
  #attempts = 0
  #framesTaken = 0
  #retryTimer: ReturnType<typeof setTimeout> | null = null
  #heartbeatTimer: ReturnType<typeof setTimeout> | null = null
  #connecting: AbortController | null = null

  constructor(options: ClientOptions) {
    this.#options = options
    void this.#connect()
  }

  get status(): ConnectionStatus {
    return this.#status
  }

  get epoch(): string | null {
    return this.#epoch
  }

  now(): number {
    if (this.#engineClock === null) return Date.now()
    return this.#engineClock.now + performance.now() - this.#engineClock.atMs
  }

  silentMs(): number {
    return performance.now() - this.#heardMs
  }

  async call<N extends CommandName>(
    command: N,
    input: CommandInput<N>,
    { signal }: CallOptions = {},
  ): Promise<Result<CommandOutput<N>>> {
    const id = this.#nextId++
    const reply = await this.#request({ t: 'call', id, command, input }, signal)
    if ('ok' in reply) return reply as Result<CommandOutput<N>>
    return { ok: false, error: isWireError(reply) ? reply : lost('unexpected answer', 'after-refresh') }
  }

  async plan<N extends CommandName>(command: N, input: CommandInput<N>): Promise<Result<CommandPlan>> {
    const reply = await this.#request({ t: 'plan', id: this.#nextId++, command, input })
    if ('ok' in reply) return reply as Result<CommandPlan>
    return { ok: false, error: isWireError(reply) ? reply : lost('unexpected answer', 'safe') }
  }

  async canRun(
    calls: readonly { readonly command: CommandName; readonly input: unknown }[],
  ): Promise<readonly Verdict[]> {
    const id = this.#nextId++
    const reply = await this.#request({ t: 'can-run', id, calls: calls.map((call) => ({ ...call })) })
    if (Array.isArray(reply)) return reply as readonly Verdict[]
    const error = isWireError(reply) ? reply : lost('unexpected answer', 'safe')
    return calls.map(() => error)
  }

  async canRunEach(
    calls: readonly { readonly command: CommandName; readonly input: Readonly<Record<string, unknown>> }[],
    { field, ids, list = false }: EachIds,
  ): Promise<readonly GroupVerdict[]> {
    const parts: (readonly GroupVerdict[])[] = []
    for (let start = 0; start === 0 || start < ids.length; start += EACH_IDS_LIMIT) {
      const id = this.#nextId++
      const own = ids.slice(start, start + EACH_IDS_LIMIT)
      const reply = await this.#request({ t: 'can-run-each', id, calls: [...calls], field, ids: own, list })
      const error = isWireError(reply) ? reply : lost('unexpected answer', 'safe')
      parts.push(Array.isArray(reply) ? (reply as GroupVerdict[]) : calls.map(() => refuseEach(error, own, list)))
    }
    return calls.map((_call, index) => mergeGroupVerdicts(parts.flatMap((part) => part.slice(index, index + 1))))
  }

  subscribe<T extends TopicName>({ topic, key }: TopicAddress<T>, observer: TopicObserver<T>): () => void {
    const id = this.#nextId++
    const frame: ClientFrame = { t: 'subscribe', id, topic, ...(key === undefined ? {} : { key }) }
    this.#observers.set(id, { frame, observer })
    if (this.#status === 'open') this.#port?.send(frame)
    return () => {
      if (this.#observers.delete(id) && this.#status === 'open') this.#port?.send({ t: 'unsubscribe', id })
    }
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#statusListeners.add(listener)
    return () => this.#statusListeners.delete(listener)
  }

  retryNow(): void {
    if (this.#retryTimer === null) return
    clearTimeout(this.#retryTimer)
    this.#retryTimer = null
    this.#attempts = 0
    void this.#connect()
  }

  ready(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const check = () => {
        if (this.#status !== 'open' && this.#status !== 'closed') return false
        finish()
        if (this.#status === 'open') resolve()
        else reject(new AppError('transport.lost', { reason: 'closed' }, { retry: 'safe' }))
        return true
      }
      const stop = this.onStatus(check)
      const onAbort = () => {
        finish()
        reject(signal?.reason)
      }
      const finish = () => {
        stop()
        signal?.removeEventListener('abort', onAbort)
      }
      if (!check()) signal?.addEventListener('abort', onAbort)
    })
  }

  close(): void {
    if (this.#status === 'closed') return
    this.#setStatus('closed')
    this.#connecting?.abort()
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer)
    const port = this.#port
    this.#dropPort('closed')
    this.#observers.clear()
    port?.close()
  }

  /** Sends now, or, before the first connection, as soon as it is there. */
  #request(frame: ClientFrame, signal?: AbortSignal): Promise<Reply> {
    if (signal?.aborted === true) return Promise.resolve(lost('given up', 'safe'))
    if (this.#status === 'lost' || this.#status === 'closed') return Promise.resolve(lost(this.#status, 'safe'))
    if (this.#pending.size >= PENDING_LIMIT) return Promise.resolve(lost('too many calls', 'safe'))
    if (
      (frame.t === 'call' || frame.t === 'plan') &&
      new TextEncoder().encode(JSON.stringify(frame)).length > CLIENT_FRAME_LIMIT_BYTES
    ) {
      return Promise.resolve(lost('the input is too large', 'safe'))
    }
    return new Promise((resolve) => {
      const onAbort = () => pending.settle(lost('given up', pending.isSent ? 'after-refresh' : 'safe'))
      const pending: Pending = {
        frame,
        isSent: false,
        settle: (reply) => {
          this.#pending.delete(frame.id)
          signal?.removeEventListener('abort', onAbort)
          resolve(reply)
        },
      }
      signal?.addEventListener('abort', onAbort)
      this.#pending.set(frame.id, pending)
      if (this.#status === 'open') this.#sendPending(pending)
    })
  }

  #sendPending(pending: Pending): void {
    pending.isSent = true
    this.#port?.send(pending.frame)
  }

  async #connect(): Promise<void> {
    const attempt = new AbortController()
    this.#connecting = attempt
    try {
      const port = await this.#options.connect(attempt.signal)
      if (attempt.signal.aborted) {
        port.close()
        return
      }
      this.#port = port
      this.#framesTaken = 0
      port.onMessage((frame) => {
        if (this.#port === port) this.#onFrame(frame as ServerFrame)
      })
      port.onClose((reason) => {
        if (this.#port === port) this.#onLost(reason)
      })
      this.#armHeartbeat()
    } catch {
      // Why a try failed is the transport's to show; here only the next one matters.
      if (!attempt.signal.aborted) this.#retryLater()
    }
  }

  #onFrame(frame: ServerFrame): void {
    this.#armHeartbeat()
    this.#heardMs = performance.now()
    this.#framesTaken++
    if ('now' in frame) this.#engineClock = { now: frame.now, atMs: performance.now() }
    if (this.#framesTaken % ACK_EVERY_FRAMES === 0) this.#port?.send({ t: 'ack', id: this.#framesTaken })
    switch (frame.t) {
      case 'hello':
        this.#onHello(frame.epoch)
        break
      case 'reply':
      case 'plan':
        this.#pending.get(frame.id)?.settle(frame.result)
        break
      case 'verdicts':
      case 'group-verdicts':
        this.#pending.get(frame.id)?.settle(frame.verdicts)
        break
      case 'snapshot':
        this.#observers.get(frame.id)?.observer.snapshot(frame.entities as readonly never[], frame)
        break
      case 'patch':
        this.#observers.get(frame.id)?.observer.patch(frame.upsert as readonly never[], frame.remove, frame)
        break
      case 'closed': {
        const entry = this.#observers.get(frame.id)
        // A subscription closed as too slow starts anew with the next connection; the engine ends this one.
        if (frame.error.code === 'topic.subscriber-too-slow' || frame.error.code === 'engine.stopping') break
        this.#observers.delete(frame.id)
        entry?.observer.closed(frame.error)
        break
      }
      case 'pong':
        break
    }
  }

  #onHello(epoch: string): void {
    this.#epoch = epoch
    this.#attempts = 0
    for (const { frame } of this.#observers.values()) this.#port?.send(frame)
    for (const pending of this.#pending.values()) this.#sendPending(pending)
    this.#setStatus('open')
  }

  #onLost(reason: string): void {
    this.#dropPort(reason)
    this.#setStatus(this.#status === 'connecting' ? 'connecting' : 'lost')
    this.#retryLater()
  }

  #dropPort(reason: string): void {
    this.#port = null
    if (this.#heartbeatTimer !== null) clearTimeout(this.#heartbeatTimer)
    this.#heartbeatTimer = null
    for (const pending of [...this.#pending.values()]) {
      if (pending.isSent || this.#status === 'closed') {
        pending.settle(lost(reason, pending.isSent ? 'after-refresh' : 'safe'))
      }
    }
  }

  #retryLater(): void {
    const { first, longest } = this.#options.retryDelayMs ?? { first: 250, longest: 5_000 }
    const random = this.#options.random ?? Math.random
    const delayMs = Math.min(longest, first * 2 ** Math.min(this.#attempts++, 16)) * (0.5 + random() / 2)
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null
      void this.#connect()
    }, delayMs)
  }

  /** Any frame is a sign of life. After silence one ping; after silence on that, the connection is dead. */
  #armHeartbeat(): void {
    const { idle, answer } = this.#options.heartbeatMs ?? { idle: 15_000, answer: 10_000 }
    if (this.#heartbeatTimer !== null) clearTimeout(this.#heartbeatTimer)
    this.#heartbeatTimer = setTimeout(() => {
      this.#port?.send({ t: 'ping', id: 0 })
      this.#heartbeatTimer = setTimeout(() => {
        const port = this.#port
        this.#onLost('no sign of life')
        port?.close()
      }, answer)
    }, idle)
  }

  #setStatus(status: ConnectionStatus): void {
    if (this.#status === status) return
    this.#status = status
    for (const listener of [...this.#statusListeners]) listener(status)
  }
}

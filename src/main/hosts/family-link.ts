import { AppError } from '../../shared/errors/index.ts'
import type { CallOptions, EventSubscription, LibvirtConnection } from '../libvirt/index.ts'
import { AttemptPause } from './attempt-pause.ts'
import { onePlusOne } from './concurrency.ts'
import { type DriverFamily, type FamilyEvent, familyTraits } from './driver-family.ts'
import { decideDriverTrouble, isDriverConnectionBroken, toAppError } from './link-errors.ts'
import type { LinkClock, LinkTiming } from './link-settings.ts'
import { LiveWaiters } from './live-waiters.ts'

/** How a host's driver stands. `idle`: nobody has asked for it, or the host is not connected. */
export type FamilyStatus = 'idle' | 'connecting' | 'up' | 'absent' | 'failed'

export interface FamilyState {
  readonly status: FamilyStatus
  /** Why it is `absent` or `failed`: host.driver-absent, host.driver-failed. */
  readonly error: AppError | null
}

export interface OpenFamilyOptions extends CallOptions {
  /** `off` for a connection that carries a stream. */
  readonly keepalive?: 'off' | undefined
}

export interface FamilyLinkOptions {
  readonly family: DriverFamily
  /** Opens a connection on which this driver answers. */
  readonly open: (options: OpenFamilyOptions) => Promise<LibvirtConnection>
  /** Looks whether the driver answers, and reads what is kept of it. Errors: those of `call`. */
  readonly read: (connection: LibvirtConnection, options: CallOptions) => Promise<void>
  readonly onEvent: (event: FamilyEvent) => void
  readonly onState: () => void
  readonly clock: LinkClock
  readonly decidePauseMs: LinkTiming['decidePauseMs']
}

/** An answer that takes longer than this is none for now; it still counts when it comes. */
const PATIENCE_MS = 20_000
/** The answer to a look is waited for this long: each that is given up leaves a worker of the daemon hanging. */
const LOOK_TIMEOUT_MS = 10 * 60_000
/** A proxy does not tell that the driver behind it is gone, and a driver can hang in a daemon that does not. */
const LOOK_INTERVAL_MS = 60_000
/** How long a call waits for a driver that is being connected to. */
const CALL_PATIENCE_MS = 30_000
/** A driver that was not there this often in a row is not looked for as often any more. */
const ABSENT_TRIES = 3

/**
 * One driver of a host on a connection of its own: kept while the host is connected, with its events, whatever becomes of the
 * others. What hangs or dies here is noticed here and holds up nothing else.
 */
export class FamilyLink {
  readonly family: DriverFamily
  readonly #options: FamilyLinkOptions
  readonly #pause: AttemptPause
  readonly #waiters: LiveWaiters
  #state: FamilyState = { status: 'idle', error: null }
  #life: AbortController | null = null
  /** The one that calls go to: there once its driver has answered. */
  #connection: LibvirtConnection | null = null
  #endLife: (reason: AppError) => void = () => undefined
  #ended: Promise<void> = Promise.resolve()
  #wanted = false
  /** The driver has answered on the connection that is there, or was last. */
  #answered = false

  constructor(options: FamilyLinkOptions) {
    this.#options = options
    this.#pause = new AttemptPause(options.clock)
    this.#waiters = new LiveWaiters(options.clock)
    this.family = options.family
  }

  get state(): FamilyState {
    return this.#state
  }

  /** The host is connected: connects too where the driver is `wanted`, or was asked for before. */
  start(wanted: boolean): void {
    this.#life = new AbortController()
    if (wanted || this.#wanted) this.#want(this.#life.signal)
  }

  /** The host is no longer connected. Resolves when the daemon has been told goodbye. */
  async stop(): Promise<void> {
    this.#life?.abort()
    this.#life = null
    this.#endLife(stopped())
    this.#change({ status: 'idle', error: null })
    await this.#ended
  }

  /** Tries at once when it waits to try again. */
  retry(): void {
    if (this.#state.error !== null) this.#pause.end()
  }

  /**
   * Calls a procedure of this driver; connects first when nobody has. Errors: host.driver-absent, host.driver-failed,
   * libvirt.connection-closed (the host is not connected) and those of `LibvirtConnection.call`.
   */
  readonly call: LibvirtConnection['call'] = async (procedure, args, options = {}) => {
    const connection = await this.#connected(options)
    try {
      return await connection.call(procedure, args, options)
    } catch (error) {
      if (isDriverConnectionBroken(error) && this.#connection === connection) this.#endLife(toAppError(error))
      throw error
    }
  }

  /** Opens another connection, for one stream or one long call; the caller closes it. Errors: those of opening. */
  openConnection(options: OpenFamilyOptions = {}): Promise<LibvirtConnection> {
    return this.#options.open(options)
  }

  async #connected({ timeoutMs = CALL_PATIENCE_MS, signal }: CallOptions): Promise<LibvirtConnection> {
    const life = this.#life
    if (life === null) throw stopped()
    if (!this.#wanted) this.#want(life.signal)
    if (this.#state.status === 'connecting') {
      await this.#waiters.wait(timeoutMs, signal === undefined ? [life.signal] : [life.signal, signal])
    }
    if (this.#state.error !== null) throw this.#state.error
    if (this.#connection === null) throw stopped()
    return this.#connection
  }

  #want(life: AbortSignal): void {
    this.#wanted = true
    this.#change({ status: 'connecting', error: null })
    this.#ended = this.#run(life)
  }

  async #run(life: AbortSignal): Promise<void> {
    let failures = 0
    while (!life.aborted) {
      this.#answered = false
      const error = await this.#live(life)
      if (life.aborted) return
      failures = this.#answered ? 1 : failures + 1
      // A daemon that is started anew is back at the next attempt: no trouble yet.
      this.#change(this.#answered ? { status: 'connecting', error: null } : this.#troubleBy(error))
      const isMissing = this.#state.status === 'absent' && failures > ABSENT_TRIES
      await this.#pause.wait(this.#options.decidePauseMs(failures, isMissing), life)
    }
  }

  /** One life of a connection: returns why it ended, or why it never began. */
  async #live(life: AbortSignal): Promise<AppError> {
    const ended = Promise.withResolvers<AppError>()
    this.#endLife = ended.resolve
    let connection: LibvirtConnection | null = null
    let cancelTimer: () => void = () => undefined
    try {
      connection = await this.#options.open({ signal: life })
      void connection.closed.then((reason) => ended.resolve(reason ?? stopped()))
      const current = connection
      const look = onePlusOne(() => this.#look(current, life))
      const lookOrEnd = () => void look().catch((error: unknown) => ended.resolve(toAppError(error)))
      const lookAgainLater = () => {
        cancelTimer = this.#options.clock.after(LOOK_INTERVAL_MS, () => {
          lookAgainLater()
          lookOrEnd()
        })
      }
      await Promise.race([this.#takeUp(current, look, lookOrEnd), ended.promise])
      lookAgainLater()
      return await ended.promise
    } catch (error) {
      return toAppError(error)
    } finally {
      cancelTimer()
      if (this.#connection === connection) this.#connection = null
      await connection?.close()
    }
  }

  /** The first look says whether the driver is there; after the registration for events comes another, so that none is missed. */
  async #takeUp(connection: LibvirtConnection, look: () => Promise<void>, onChange: () => void): Promise<void> {
    await look()
    const events = await connection.subscribe({ events: [...familyTraits[this.family].events], allowRefused: true })
    void this.#pump(events, onChange)
    await look()
  }

  async #look(connection: LibvirtConnection, life: AbortSignal): Promise<void> {
    const isCurrent = () => !life.aborted
    const cancelTimer = this.#options.clock.after(PATIENCE_MS, () => {
      if (isCurrent()) this.#change(this.#troubleBy(notAnswering(this.family)))
    })
    try {
      await this.#options.read(connection, { timeoutMs: LOOK_TIMEOUT_MS })
    } finally {
      cancelTimer()
    }
    if (!isCurrent()) return
    this.#answered = true
    this.#connection = connection
    this.#change({ status: 'up', error: null })
  }

  async #pump(events: EventSubscription<FamilyEvent['kind']>, onChange: () => void): Promise<void> {
    try {
      for await (const event of events) {
        this.#options.onEvent(event)
        onChange()
      }
    } catch (error) {
      // The end of the connection, which is learned of by `closed`.
      if (!(error instanceof AppError)) throw error
    }
  }

  #troubleBy(cause: AppError): FamilyState {
    const params = { driver: this.family, daemon: familyTraits[this.family].daemon }
    const options = { cause, retry: 'safe' } as const
    const status = decideDriverTrouble(cause)
    const error =
      status === 'absent'
        ? new AppError('host.driver-absent', params, options)
        : new AppError('host.driver-failed', params, options)
    return { status, error }
  }

  #change(state: FamilyState): void {
    const { status, error } = this.#state
    this.#state = state
    if (state.status !== 'connecting') this.#waiters.notify()
    if (status !== state.status || error !== state.error) this.#options.onState()
  }
}

function stopped(): AppError {
  return new AppError('libvirt.connection-closed', { reason: 'not connected' }, { retry: 'safe' })
}

function notAnswering(driver: string): AppError {
  return new AppError('libvirt.call-timed-out', { procedure: driver, timeoutMs: PATIENCE_MS }, { retry: 'safe' })
}

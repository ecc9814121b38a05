import type { Channel, Client, ClientChannel } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { type ChannelLease, ChannelPool } from './channel-pool.ts'
import { ChannelStream } from './channel-stream.ts'
import { boundText, type Deadline, pause, throwIfAborted, withDeadline } from './failure.ts'
import { destroySocket, openFailureReason } from './ssh2-internals.ts'
import type { CallOptions, ShellChannel, TerminalSize } from './types.ts'

const OPEN_TIMEOUT_MS = 15_000
/** After a session was refused while others were closing. */
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500

type Opened<T extends Channel> = (error: Error | undefined, channel: T) => void

/** An authenticated ssh2 client with its channels counted; what the parts of a session are built on. */
export class SshConnection {
  readonly client: Client
  readonly address: string
  readonly pool: ChannelPool
  readonly closed: Promise<AppError | null>
  #lost: AppError | null = null
  #closing = false
  #lastError: Error | null = null
  readonly #streams = new Set<ChannelStream>()

  constructor(client: Client, address: string, pool: ChannelPool = new ChannelPool()) {
    this.client = client
    this.address = address
    this.pool = pool
    client.on('error', (error: Error) => {
      this.#lastError ??= error
    })
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        const reason = this.#closing ? 'closed' : boundText(this.#lastError?.message ?? 'closed by the host')
        const error = new AppError(
          'ssh.connection-lost',
          { address, reason },
          { retry: 'safe', cause: this.#lastError },
        )
        this.#lost = error
        this.pool.failAll(error)
        // Before ssh2 tells its channels, which would look like an orderly end of data.
        for (const stream of this.#streams) stream.destroy(this.#closing ? undefined : error)
        resolve(this.#closing ? null : error)
      })
    })
  }

  /** Why the connection is no longer there, or null while it is. */
  lostError(): AppError | null {
    return this.#lost
  }

  /** Opens a forward and hands it out as a Duplex. Errors: ssh2's own, ssh.channel-limit, ssh.channel-timed-out. */
  openForward(
    target: string,
    open: (callback: Opened<ClientChannel>) => void,
    options: CallOptions,
  ): Promise<ChannelStream> {
    this.#requireOpen()
    throwIfAborted(options.signal, target)
    const lease = this.pool.acquireForward()
    return this.#open(target, open, lease, options)
  }

  /** Runs a command whose stdin and screened stdout become a Duplex; takes a session slot for as long as it lives. */
  async openTunnel(
    command: string,
    screen: (chunk: Buffer) => Buffer,
    options: CallOptions,
  ): Promise<{ stream: ChannelStream; stderr: () => string }> {
    let errors = ''
    const open = (callback: Opened<ClientChannel>): void => {
      this.client.exec(command, (error, channel) => {
        if (!error) {
          channel.stderr.on('data', (chunk: Buffer) => {
            if (errors.length < 4_096) errors += chunk.toString('utf8').slice(0, 4_096)
          })
        }
        callback(error, channel)
      })
    }
    const stream = await this.withSession(options, (lease) => this.#open(command, open, lease, options, screen))
    return { stream, stderr: () => boundText(errors) }
  }

  /** Opens the user's login shell on a terminal of its own; takes a session slot for as long as it lives. */
  async openShell(size: TerminalSize, options: CallOptions): Promise<ShellChannel> {
    let channel: ClientChannel | null = null
    const open = (callback: Opened<ClientChannel>): void => {
      const { columns: cols, rows } = size
      this.client.shell({ term: 'xterm-256color', cols, rows }, (error, opened) => {
        if (!error) channel = opened
        callback(error, opened)
      })
    }
    const stream = await this.withSession(options, (lease) => this.#open('shell', open, lease, options))
    return { stream, resize: ({ columns, rows }) => channel?.setWindow(rows, columns, 0, 0) }
  }

  /**
   * Takes a session slot and opens something in it; when the host has no slot left, waits for one of ours to close, and for
   * the host to notice that one has. `use` must release the lease when its channel ends; when it fails, that is done here.
   */
  async withSession<T>(options: CallOptions, use: (lease: ChannelLease) => Promise<T>): Promise<T> {
    const until = performance.now() + (options.timeoutMs ?? OPEN_TIMEOUT_MS)
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      this.#requireOpen()
      const lease = await this.pool.acquireSession(Math.max(1, until - performance.now()), options.signal)
      try {
        this.#requireOpen()
        return await use(lease)
      } catch (error) {
        const refused = openFailureReason(error) !== null
        const limit = refused ? this.pool.noteSessionRefused(lease) : 0
        lease.release()
        if (!refused) throw this.#lost ?? error
        if (limit === 0 || performance.now() + pauseMs >= until) throw this.pool.limitError(limit)
      }
      await pause(pauseMs, options.signal)
    }
  }

  /** Calls an ssh2 function that hands out a channel, within the time limit. A channel that comes too late is closed. */
  openChannel<T>(
    target: string,
    open: (callback: (error: Error | undefined, channel?: T) => void) => void,
    options: CallOptions,
    discard: (late: T) => void,
  ): Promise<T> {
    this.#requireOpen()
    const opening = new Promise<T>((resolve, reject) => {
      open((error, channel) => {
        if (channel === undefined) reject(error ?? new Error('no channel'))
        else resolve(channel)
      })
    }).catch((error: unknown) => {
      // ssh2 also throws, when its socket is already gone.
      throw this.#openError(target, error)
    })
    return withDeadline(opening, this.#deadline(target, options), discard)
  }

  /** Refusals keep ssh2's reason code for the caller to judge; anything else means that the channel is gone. */
  #openError(target: string, error: unknown): unknown {
    if (this.#lost) return this.#lost
    if (error instanceof AppError || openFailureReason(error) !== null) return error
    const reason = boundText(error instanceof Error ? error.message : String(error))
    return new AppError('ssh.channel-closed', { target: boundText(target), reason }, { retry: 'safe', cause: error })
  }

  #deadline(target: string, options: CallOptions): Deadline {
    const timeoutMs = options.timeoutMs ?? OPEN_TIMEOUT_MS
    const timedOut = () =>
      new AppError('ssh.channel-timed-out', { target: boundText(target), timeoutMs }, { retry: 'safe' })
    return { timeoutMs, signal: options.signal, operation: boundText(target), timedOut }
  }

  /** Ends the stream with the connection, and the lease with the stream. */
  keep(stream: ChannelStream, lease: ChannelLease): void {
    this.#streams.add(stream)
    stream.once('close', () => {
      this.#streams.delete(stream)
      lease.release()
    })
    if (stream.destroyed) lease.release()
  }

  async #open(
    target: string,
    open: (callback: Opened<ClientChannel>) => void,
    lease: ChannelLease,
    options: CallOptions,
    screen?: (chunk: Buffer) => Buffer,
  ): Promise<ChannelStream> {
    try {
      const wrap = (callback: Opened<never>): void =>
        open((error, channel) => {
          // In this very callback: data may follow in the same chunk.
          if (error) callback(error, undefined as never)
          else callback(undefined, new ChannelStream(channel, boundText(target), { screen }) as never)
        })
      const stream: ChannelStream = await this.openChannel(target, wrap, options, (late: ChannelStream) =>
        late.destroy(),
      )
      this.keep(stream, lease)
      return stream
    } catch (error) {
      lease.release()
      throw error
    }
  }

  #requireOpen(): void {
    if (this.#lost) throw this.#lost
    if (this.#closing) {
      throw new AppError('ssh.connection-lost', { address: this.address, reason: 'closed' }, { retry: 'safe' })
    }
  }

  /** Ends the connection in order, or by force after `graceMs`. */
  async close(graceMs = 1_000): Promise<void> {
    this.#closing = true
    this.client.end()
    const timer = setTimeout(() => destroySocket(this.client), graceMs)
    await this.closed
    clearTimeout(timer)
  }
}

import { constants } from 'node:os'
import type { Client, ClientChannel } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { abortedError, boundText } from './failure.ts'
import { sendSignal } from './ssh2-internals.ts'
import type { ExecOptions, ExecResult } from './types.ts'

const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024
const COMMAND_SHOWN = 120
/** What a command gets between TERM and KILL. */
const GRACE_MS = 1_000

/** A command as an error may show it. */
export function shownCommand(command: string): string {
  return boundText(command, COMMAND_SHOWN)
}

/** How a command ended; null until the host has said so. */
export interface CommandExit {
  exitCode: number | null
}

/**
 * Notes the exit code. Must be called in the callback that hands out the channel: a short command's whole life may
 * come in one piece.
 */
export function watchExit(channel: ClientChannel): CommandExit {
  const exit: CommandExit = { exitCode: null }
  channel.on('exit', (code: number | null, signal?: string) => {
    exit.exitCode = code ?? 128 + signalNumber(signal)
  })
  return exit
}

/** A command that the host has started. */
export interface RunningCommand {
  readonly client: Client
  readonly channel: ClientChannel
  readonly exit: CommandExit
  readonly command: string
  /** The caller's time limit, for the error; `leftMs` of it is left. */
  readonly timeoutMs: number
  readonly leftMs: number
  /** Why the connection is gone, if it is. */
  lostError(): AppError | null
}

/**
 * Waits for a command to end. On time-out or abort it gets TERM, then KILL; what it had done by then is unknown.
 * Errors: ssh.exec-timed-out, ssh.exec-output-too-large, ssh.aborted, ssh.channel-closed, ssh.connection-lost.
 */
export function awaitCommand(running: RunningCommand, options: ExecOptions): Promise<ExecResult> {
  const { channel, exit, command, timeoutMs } = running
  const limitBytes = options.maxOutputBytes ?? OUTPUT_LIMIT_BYTES
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let collected = 0
  return new Promise((resolve, reject) => {
    let settled = false
    const finish = (act: () => void): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      act()
    }
    const stop = (error: unknown): void =>
      finish(() => {
        endCommand(running)
        reject(error)
      })
    const onAbort = (): void => stop(abortedError(shownCommand(command), options.signal))
    const timer = setTimeout(
      () =>
        stop(
          new AppError('ssh.exec-timed-out', { command: shownCommand(command), timeoutMs }, { retry: 'after-refresh' }),
        ),
      running.leftMs,
    )
    const collect = (into: Buffer[], notify: ((chunk: Buffer) => void) | undefined) => (chunk: Buffer) => {
      if (settled) return
      if (notify !== undefined) {
        // An exception here would end the whole connection.
        try {
          notify(chunk)
        } catch (error) {
          stop(error)
        }
        return
      }
      collected += chunk.length
      if (collected <= limitBytes) into.push(chunk)
      else stop(new AppError('ssh.exec-output-too-large', { command: shownCommand(command), limitBytes }))
    }
    channel.on('data', collect(stdout, options.onStdout))
    channel.stderr.on('data', collect(stderr, options.onStderr))
    channel.on('error', (error: Error) => stop(error))
    channel.on('close', () =>
      finish(() => {
        const { exitCode } = exit
        const closed = { target: shownCommand(command), reason: 'ended without an exit code' }
        if (exitCode === null)
          reject(running.lostError() ?? new AppError('ssh.channel-closed', closed, { retry: 'after-refresh' }))
        else resolve({ exitCode, stdout: text(stdout), stderr: text(stderr) })
      }),
    )
    options.signal?.addEventListener('abort', onAbort)
    if (options.signal?.aborted) onAbort()
    else channel.end(options.input)
  })
}

/** Asks the command to end, then makes it: sshd keeps the channel, and its slot, for as long as the command lives. */
function endCommand({ client, channel }: RunningCommand): void {
  sendSignal(client, channel, 'TERM')
  const timer = setTimeout(() => {
    sendSignal(client, channel, 'KILL')
    channel.close()
  }, GRACE_MS)
  channel.once('close', () => clearTimeout(timer))
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

function signalNumber(name: string | undefined): number {
  const signals: Readonly<Record<string, number | undefined>> = constants.signals
  return signals[name ?? ''] ?? 0
}

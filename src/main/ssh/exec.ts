import { constants } from 'node:os'
import type { ClientChannel } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { abortedError, boundText } from './failure.ts'
import type { ExecOptions, ExecResult } from './types.ts'

const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024
const COMMAND_SHOWN = 120

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

/**
 * Waits for a command that runs on a channel. On time-out or abort the command gets TERM and the channel is closed;
 * what it had done by then is unknown. Errors: ssh.exec-timed-out, ssh.exec-output-too-large, ssh.aborted.
 */
export function awaitCommand(
  { channel, exit }: { readonly channel: ClientChannel; readonly exit: CommandExit },
  command: string,
  timeoutMs: number,
  options: ExecOptions,
  lostError: () => AppError | null,
): Promise<ExecResult> {
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
        channel.signal('TERM')
        channel.close()
        reject(error)
      })
    const onAbort = (): void => stop(abortedError(shownCommand(command), options.signal))
    const timer = setTimeout(
      () =>
        stop(
          new AppError('ssh.exec-timed-out', { command: shownCommand(command), timeoutMs }, { retry: 'after-refresh' }),
        ),
      timeoutMs,
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
          reject(lostError() ?? new AppError('ssh.channel-closed', closed, { retry: 'after-refresh' }))
        else resolve({ exitCode, stdout: text(stdout), stderr: text(stderr) })
      }),
    )
    options.signal?.addEventListener('abort', onAbort)
    if (options.signal?.aborted) onAbort()
    else channel.end(options.input)
  })
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

function signalNumber(name: string | undefined): number {
  const signals: Readonly<Record<string, number | undefined>> = constants.signals
  return signals[name ?? ''] ?? 0
}

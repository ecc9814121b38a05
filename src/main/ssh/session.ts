import type { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { openCommand } from './command-stream.ts'
import { awaitCommand, type CommandExit, shownCommand, watchExit } from './exec.ts'
import { createLibvirtOpener } from './libvirt-socket.ts'
import { openSftp } from './sftp.ts'
import { buildSocketProbe, parseSocketProbe, refusedError, type SocketDiagnosis } from './socket-diagnosis.ts'
import type { SshConnection } from './ssh-connection.ts'
import { openFailureReason } from './ssh2-internals.ts'
import type { CallOptions, ExecOptions, ExecResult, SshSession } from './types.ts'

const EXEC_TIMEOUT_MS = 30_000
const PROBE_TIMEOUT_MS = 5_000
const PROHIBITED = 1

/** Builds the face of a connection. `onClosed` runs when it has ended (the jump hosts below it are closed then). */
export function createSession(
  connection: SshConnection,
  facts: Pick<SshSession, 'hostKey' | 'endpoint'>,
  onClosed: () => Promise<void> = async () => undefined,
): SshSession {
  const { client } = connection

  const exec = async (command: string, options: ExecOptions = {}): Promise<ExecResult> => {
    const timeoutMs = options.timeoutMs ?? EXEC_TIMEOUT_MS
    const until = performance.now() + timeoutMs
    const running = await connection.withSession({ ...options, timeoutMs }, async (lease) => {
      const opened = await connection.openChannel<{ channel: ClientChannel; exit: CommandExit }>(
        shownCommand(command),
        (callback) => {
          client.exec(command, (error, channel) => {
            if (error) callback(error)
            else callback(undefined, { channel, exit: watchExit(channel) })
          })
        },
        { ...options, timeoutMs: Math.max(1, until - performance.now()) },
        ({ channel }) => channel.close(),
      )
      opened.channel.once('close', () => lease.release())
      return opened
    })
    const leftMs = Math.max(1, until - performance.now())
    const lostError = () => connection.lostError()
    return awaitCommand({ client, ...running, command, timeoutMs, leftMs, lostError }, options)
  }

  const diagnose = async (path: string, options: CallOptions): Promise<SocketDiagnosis> => {
    try {
      const { signal } = options
      const probe = await exec(buildSocketProbe(path), {
        timeoutMs: PROBE_TIMEOUT_MS,
        maxOutputBytes: 64 * 1024,
        ...(signal === undefined ? {} : { signal }),
      })
      return parseSocketProbe(probe.stdout)
    } catch (error) {
      if (connection.lostError()) throw error
      return { hint: 'unknown', group: '' }
    }
  }

  const forwardSocket = async (path: string, options: CallOptions = {}): Promise<Duplex> => {
    try {
      return await connection.openForward(
        path,
        (callback) => client.openssh_forwardOutStreamLocal(path, callback),
        options,
      )
    } catch (error) {
      if (openFailureReason(error) === null) throw error
      throw refusedError(path, await diagnose(path, options), error)
    }
  }

  const forwardTcp = async (host: string, port: number, options: CallOptions = {}): Promise<Duplex> => {
    const target = `${host}:${port}`
    try {
      return await connection.openForward(
        target,
        (callback) => client.forwardOut('127.0.0.1', 0, host, port, callback),
        options,
      )
    } catch (error) {
      const reason = openFailureReason(error)
      if (reason === null) throw error
      const hint = reason === PROHIBITED ? 'forwarding-forbidden' : 'connection-refused'
      throw new AppError('ssh.forward-refused', { target, hint, group: '' }, { cause: error })
    }
  }

  const closed = connection.closed.then(async (error) => {
    await onClosed()
    return error
  })
  const libvirt = createLibvirtOpener({ connection, forwardSocket, exec })
  return {
    ...facts,
    closed,
    get openChannels() {
      return connection.pool.open
    },
    get libvirtRoute() {
      return libvirt.route()
    },
    forwardSocket,
    forwardTcp,
    openLibvirtSocket: libvirt.open,
    exec,
    openCommand: (command, options = {}) => openCommand(connection, command, options),
    sftp: (options = {}) => openSftp(connection, options),
    openShell: (size, options = {}) => connection.openShell(size, options),
    close: () => connection.close(),
  }
}

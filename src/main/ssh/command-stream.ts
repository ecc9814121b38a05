import type { ClientChannel } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { ChannelStream } from './channel-stream.ts'
import { shownCommand, watchExit } from './exec.ts'
import type { SshConnection } from './ssh-connection.ts'
import { sendSignal } from './ssh2-internals.ts'
import type { CallOptions, SshCommand } from './types.ts'

/** Of what a command complains, this much is kept. */
const STDERR_LIMIT_BYTES = 64 * 1024
/** What a command gets between TERM and KILL. */
const GRACE_MS = 1_000

interface Opened {
  readonly channel: ClientChannel
  readonly stream: ChannelStream
}

/** Runs a command whose input and output are streamed; it holds one of the host's session slots until it has ended. */
export async function openCommand(
  connection: SshConnection,
  command: string,
  options: CallOptions,
): Promise<SshCommand> {
  const { client } = connection
  const target = shownCommand(command)
  let errors = Buffer.alloc(0)
  const exited = Promise.withResolvers<number>()
  const ended = exited.promise.then((exitCode) => ({ exitCode, stderr: errors.toString('utf8') }))
  // Whoever looks at the stream only learns of a failure there.
  ended.catch(() => undefined)

  /** In the very callback that hands the channel out: a short command's whole life may come in one piece. */
  const watch = (channel: ClientChannel): Opened => {
    const exit = watchExit(channel)
    const onRemoteClosed = () => {
      if (exit.exitCode !== null) exited.resolve(exit.exitCode)
      // What it has said before is still to be read.
      if (stream.readableEnded) stream.destroy()
      else stream.once('end', () => stream.destroy())
    }
    const stream = new ChannelStream(channel, target, { onRemoteClosed })
    stream.once('close', () => {
      const closed = new AppError('ssh.channel-closed', { target, reason: 'ended without an exit code' })
      exited.reject(connection.lostError() ?? closed)
    })
    channel.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < STDERR_LIMIT_BYTES) errors = Buffer.concat([errors, chunk]).subarray(0, STDERR_LIMIT_BYTES)
    })
    return { channel, stream }
  }

  const { channel, stream } = await connection.withSession(options, async (lease) => {
    const opened = await connection.openChannel<Opened>(
      target,
      (callback) =>
        client.exec(command, (error, given) => {
          if (error) callback(error)
          else callback(undefined, watch(given))
        }),
      options,
      (late) => late.stream.destroy(),
    )
    connection.keep(opened.stream, lease)
    return opened
  })
  return {
    stream,
    exited: ended,
    end: () => {
      if (stream.destroyed) return
      sendSignal(client, channel, 'TERM')
      const timer = setTimeout(() => {
        sendSignal(client, channel, 'KILL')
        stream.destroy()
      }, GRACE_MS)
      stream.once('close', () => clearTimeout(timer))
    },
  }
}

import { buffer } from 'node:stream/consumers'
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { boundText, withDeadline } from './failure.ts'
import { shellOutputError } from './shell-output.ts'
import type { SshConnection } from './ssh-connection.ts'
import type { CallOptions, SftpClient, SftpStat } from './types.ts'
import { packUint32 } from './wire-format.ts'

const TIMEOUT_MS = 30_000
const READ_LIMIT_BYTES = 16 * 1024 * 1024
const ENTRIES_LIMIT = 100_000

type SftpCause = AppError<'ssh.sftp-failed'>['params']['cause']

/** SSH_FX_ codes (draft-ietf-secsh-filexfer-02, section 7) that a person can do something about. */
const CAUSES: Readonly<Record<number, SftpCause>> = { 2: 'missing', 3: 'permission-denied', 11: 'exists' }

/** Opens an sftp channel. Errors: ssh.sftp-failed (`unavailable` when the host has no sftp), ssh.shell-output, ssh.channel-limit. */
export async function openSftp(connection: SshConnection, options: CallOptions): Promise<SftpClient> {
  const wrapper = await connection.withSession(options, async (lease) => {
    const opened = await connection
      .openChannel<SFTPWrapper>(
        'sftp',
        (callback) => connection.client.sftp(callback),
        options,
        (late) => late.end(),
      )
      .catch((error: unknown) => {
        const text = textBeforeSftp(error)
        if (text !== null) throw shellOutputError('sftp', text, error)
        // The host has no sftp subsystem: it refuses the request on a channel that it had opened.
        throw isAppError(error, 'ssh.channel-closed') ? failure('open', '', 'unavailable', error) : error
      })
    opened.once('close', () => lease.release())
    // Without a listener an error of the channel would be thrown at nobody; the pending call reports it.
    opened.on('error', () => undefined)
    return opened
  })
  return createClient(wrapper, () => connection.lostError())
}

/** Text that a login shell printed where a packet's length should be, from what ssh2 says of that length; null: it is none. */
function textBeforeSftp(error: unknown): Buffer | null {
  const { cause } = error instanceof Error ? error : {}
  const [, length] = cause instanceof Error ? (/^Packet length (\d+) exceeds/.exec(cause.message) ?? []) : []
  if (length === undefined) return null
  const first = packUint32(Number(length))
  return first.every((byte) => byte >= 0x20 && byte < 0x7f) ? first : null
}

function createClient(wrapper: SFTPWrapper, lostError: () => AppError | null): SftpClient {
  let closed = false
  wrapper.once('close', () => {
    closed = true
  })
  const call = <T>(
    operation: string,
    path: string,
    options: CallOptions | undefined,
    run: (callback: (error: Error | null | undefined, value?: T) => void) => void,
  ): Promise<T | undefined> => {
    const lost = lostError()
    if (lost) return Promise.reject(lost)
    if (closed) return Promise.reject(failure(operation, path, 'failed', new Error('sftp is closed')))
    const work = new Promise<T | undefined>((resolve, reject) => {
      const onClose = (): void => reject(lostError() ?? failure(operation, path, 'failed', new Error('channel closed')))
      wrapper.once('close', onClose)
      run((error, value) => {
        wrapper.off('close', onClose)
        if (error) reject(lostError() ?? failure(operation, path, causeOf(error), error))
        else resolve(value)
      })
    })
    const timeoutMs = options?.timeoutMs ?? TIMEOUT_MS
    const timedOut = () => failure(operation, path, 'timed-out', new Error(`no answer in ${timeoutMs} ms`))
    return withDeadline(work, { timeoutMs, signal: options?.signal, operation: `sftp ${operation}`, timedOut })
  }
  const fetchStat = async (path: string, options?: CallOptions): Promise<SftpStat> => {
    const stats = await call<Stats>('stat', path, options, (callback) => wrapper.stat(path, callback))
    return toStat(stats, path)
  }
  return {
    async readFile(path, options) {
      const limit = options?.maxBytes ?? READ_LIMIT_BYTES
      // The size that a host tells is no bound on what it sends.
      const stream = wrapper.createReadStream(path, { end: limit })
      // What fails after the time limit fails for nobody.
      stream.on('error', () => undefined)
      try {
        const data = await call<Buffer>('read', path, options, (callback) => {
          buffer(stream).then((read) => callback(null, read), callback)
        })
        if (data === undefined || data.length > limit) {
          throw failure('read', path, 'too-large', new Error(`more than ${limit} bytes`))
        }
        return data
      } finally {
        stream.destroy()
      }
    },
    async writeFile(path, data, options) {
      const mode = options?.mode ?? 0o600
      await call('write', path, options, (callback) => wrapper.writeFile(path, data, { mode }, callback))
    },
    stat: fetchStat,
    async readdir(path, options) {
      const list = await call<FileEntryWithStats[]>('list', path, options, (callback) =>
        wrapper.readdir(path, callback),
      )
      return (list ?? [])
        .slice(0, ENTRIES_LIMIT)
        .map(({ filename, attrs }) => ({ name: filename, ...toStat(attrs, path) }))
    },
    async mkdir(path, options) {
      await call('mkdir', path, options, (callback) => wrapper.mkdir(path, { mode: options?.mode ?? 0o755 }, callback))
    },
    async rmdir(path, options) {
      await call('rmdir', path, options, (callback) => wrapper.rmdir(path, callback))
    },
    async unlink(path, options) {
      await call('unlink', path, options, (callback) => wrapper.unlink(path, callback))
    },
    async rename(from, to, options) {
      await call('rename', from, options, (callback) => wrapper.rename(from, to, callback))
    },
    createReadStream: (path, options) => wrapper.createReadStream(path, { ...options }),
    createWriteStream: (path, options) =>
      wrapper.createWriteStream(path, { flags: options?.start === undefined ? 'w' : 'r+', ...options }),
    close() {
      closed = true
      wrapper.end()
    },
  }
}

/** File types in the mode of stat(2). */
const KIND_MASK = 0o170000
const KINDS: ReadonlyMap<number, SftpStat['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
])

function toStat(stats: Pick<Stats, 'mode' | 'size' | 'uid' | 'gid' | 'mtime'> | undefined, path: string): SftpStat {
  if (stats === undefined) throw failure('stat', path, 'failed', new Error('no attributes'))
  const { mode, size, uid, gid, mtime } = stats
  const kind = KINDS.get(mode & KIND_MASK) ?? 'other'
  return { kind, sizeBytes: size, mode: mode & 0o7777, uid, gid, modifiedAt: mtime * 1000 }
}

function causeOf(error: unknown): SftpCause {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'failed'
  return (typeof error.code === 'number' ? CAUSES[error.code] : undefined) ?? 'failed'
}

function failure(operation: string, path: string, cause: SftpCause, error: unknown): AppError {
  const detail = boundText(error instanceof Error ? error.message : String(error))
  return new AppError('ssh.sftp-failed', { operation, path, cause, detail }, { cause: error })
}

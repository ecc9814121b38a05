import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import { hostFailed } from './root-script.ts'
import type { HostCallOptions, StorageHost } from './types.ts'

/** A script that runs as root until its input ends. */
export interface RootCommand {
  /** The next thing it says that matches, from its beginning; null where it ends before. */
  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray | null>
  write(text: string): void
  /** Closes its input, at which it ends. */
  finish(): void
  /** Ends it now. */
  end(): void
  /** Resolves when it is gone: what it complained of, or why nobody knows. */
  readonly ended: Promise<{
    readonly exitCode: number | null
    readonly error: AppError | null
    readonly stderr: string
  }>
}

const START_TIMEOUT_MS = 20_000
const HELD_CHARACTERS = 64 * 1024
const NO_ROOT = 77

/**
 * Starts a POSIX shell script as root, whose input stays open: it lives at most as long as the connection to the host.
 * Errors: storage.needs-ssh, storage.needs-root (by `ended`), host.not-connected, ssh.…
 */
export async function openRootCommand(
  host: StorageHost,
  script: string,
  path: string,
  { signal }: HostCallOptions,
): Promise<RootCommand> {
  const { definition, id: hostId } = host
  const hostName = definition.name
  if (definition.transport === 'local') throw new AppError('storage.needs-ssh', { hostName }, { hostId })
  const session = host.session()
  if (session === null)
    throw new AppError('host.not-connected', { name: hostName, status: 'connecting' }, { hostId, retry: 'safe' })
  const command = [
    `s=${shellQuote(`LC_ALL=C; export LC_ALL; PATH="$PATH:/usr/sbin:/sbin"; ${script}`)}`,
    'if [ "$(id -u)" = 0 ]; then exec sh -c "$s"; fi',
    'if sudo -n true 2>/dev/null; then exec sudo -n sh -c "$s"; fi',
    `exit ${NO_ROOT}`,
  ].join('; ')
  const opened = await session.openCommand(`exec sh -c ${shellQuote(command)}`, {
    timeoutMs: START_TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  })
  const { stream } = opened
  let said = ''
  let isOver = false
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  stream.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-HELD_CHARACTERS)
    tell()
  })
  const over = () => {
    isOver = true
    tell()
  }
  // Why it ended is told by `ended`.
  stream.on('error', over)
  stream.once('close', over)
  const ended = opened.exited.then(
    ({ exitCode, stderr }) => {
      const needsRoot = new AppError('storage.needs-root', { hostName, user: definition.user ?? '' }, { hostId })
      return { exitCode, stderr, error: exitCode === NO_ROOT ? needsRoot : null }
    },
    (error: unknown) => ({
      exitCode: null,
      stderr: '',
      error: isAppError(error) ? error : hostFailed(host, path, String(error)),
    }),
  )
  return {
    waitFor: (pattern, timeoutMs) =>
      new Promise((resolve, reject) => {
        const stop = (act: () => void) => {
          clearTimeout(timer)
          listeners.delete(look)
          act()
        }
        const timer = setTimeout(
          () =>
            stop(() =>
              reject(
                new AppError(
                  'storage.not-answering',
                  { hostName, path, timeoutMs },
                  { hostId, retry: 'after-refresh' },
                ),
              ),
            ),
          timeoutMs,
        )
        const look = () => {
          const match = pattern.exec(said)
          if (match !== null) stop(() => resolve(match))
          else if (isOver) stop(() => resolve(null))
        }
        listeners.add(look)
        look()
      }),
    write: (text) => {
      if (!stream.destroyed && stream.writable) stream.write(text)
    },
    finish: () => {
      if (!stream.destroyed && stream.writable) stream.end()
    },
    end: () => opened.end(),
    ended,
  }
}

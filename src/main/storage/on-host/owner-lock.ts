import { AppError } from '../../../shared/errors/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import { formatEngine, parseEngine } from './domain-files.ts'
import { openRootCommand } from './root-command.ts'
import { hostFailed } from './root-script.ts'
import type { DomainPool, EngineIdentity, HoldOptions, OwnerLockAttempt, StorageHost } from './types.ts'

export interface HoldPlaceOptions extends HoldOptions {
  /** What has to be done on the host to have the folder there; undone by its own trap when the script ends. */
  readonly before?: string
  readonly answerTimeoutMs?: number
  readonly releaseTimeoutMs?: number
}

/** How often the holder on the host hears of us, and how long it holds the lock without: a computer that sleeps does not close anything. */
const BEAT_MS = 5_000
const SILENCE_SECONDS = 20
const ANSWER_TIMEOUT_MS = 20_000
const RELEASE_TIMEOUT_MS = 5_000

/**
 * Holds the lock of a domain (flock on `.virtdeck/owner.lock`) through a host: for as long as the connection lasts, so no clock is ever
 * compared. Who holds it stands in the file. Errors: storage.no-descriptor, storage.not-answering, and those of running a script as root.
 */
export async function holdOwnerLock(
  host: StorageHost,
  { targetPath: path }: Pick<DomainPool, 'targetPath'>,
  engine: EngineIdentity,
  { takeOver = false, signal, before, answerTimeoutMs, releaseTimeoutMs }: HoldPlaceOptions,
): Promise<OwnerLockAttempt> {
  const command = await openRootCommand(
    host,
    `${before === undefined ? '' : `${before}\n`}${buildHoldScript(path, engine, takeOver)}`,
    path,
    { signal },
  )
  const stop = () => command.end()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const answer = await command.waitFor(
      /@(ours|foreign(?: ([A-Za-z0-9+/=]*))?)\n/,
      answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    )
    if (answer === null) {
      const { error, exitCode, stderr } = await command.ended
      if (exitCode === 3)
        throw new AppError('storage.no-descriptor', { hostName: host.definition.name, path }, { hostId: host.id })
      throw error ?? hostFailed(host, path, stderr || `exit code ${exitCode}`)
    }
    if (answer[1] !== 'ours') {
      return { status: 'foreign', engine: parseEngine(Buffer.from(answer[2] ?? '', 'base64').toString('utf8')) }
    }
  } catch (error) {
    command.end()
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  const timer = setInterval(() => command.write('\n'), BEAT_MS)
  let isReleased = false
  const lost = command.ended.then(({ error, stderr }) => {
    clearInterval(timer)
    if (isReleased) return null
    return error ?? hostFailed(host, path, stderr || 'the lock was lost')
  })
  return {
    status: 'ours',
    lock: {
      lost,
      release: async () => {
        isReleased = true
        clearInterval(timer)
        command.finish()
        const giveUp = setTimeout(() => command.end(), releaseTimeoutMs ?? RELEASE_TIMEOUT_MS)
        await lost
        clearTimeout(giveUp)
      },
    },
  }
}

function buildHoldScript(path: string, engine: EngineIdentity, takeOver: boolean): string {
  return [
    `cd -- ${shellQuote(path)} || exit 1`,
    'if [ -L .virtdeck ] || [ ! -d .virtdeck ]; then exit 3; fi; cd .virtdeck || exit 1',
    'if [ -L owner.lock ]; then echo "owner.lock: symbolic link" >&2; exit 4; fi',
    // A new file, with nobody's lock on it.
    ...(takeOver
      ? ['t=$(mktemp -p . .tmp-XXXXXXXXXX) || exit 5; chmod 644 "$t"; mv -fT "$t" owner.lock || exit 5']
      : []),
    'exec 9<>owner.lock',
    'if ! flock -n 9; then echo "@foreign $(head -c 1024 owner.lock | base64 -w0)"; exit 0; fi',
    // Replaced between opening and locking: somebody took it over.
    'same() { exec 8<owner.lock && [ /proc/self/fd/8 -ef /proc/self/fd/9 ]; }',
    'if ! same; then echo "@foreign $(head -c 1024 owner.lock | base64 -w0)"; exit 0; fi',
    `printf %s ${shellQuote(formatEngine(engine))} > owner.lock && sync owner.lock || exit 6`,
    'echo "@ours"',
    `while l=$(timeout ${SILENCE_SECONDS} head -n 1; echo $?); do case "$l" in *124) echo "nobody was heard of" >&2; exit 7;; 0) exit 0;; esac; if ! same; then echo "taken over" >&2; exit 8; fi; done`,
  ].join('; ')
}

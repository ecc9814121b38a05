import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { isDiskFull } from '../../inventory/index.ts'
import { readSmallFile, writePrivateFile } from './private-file.ts'

/** The port of the last run, tried first at the next: an open page finds the engine again, and its storage is that of its port. */
const portSchema = z.object({ port: z.number().int().min(0).max(65_535) })

const storedSchema = portSchema.extend({
  /** Those of version 1, which had none, were cookies: other servers of this address may have read them. */
  version: z.literal(2),
  sessions: z
    .array(z.object({ hash: z.string(), user: z.string(), createdAt: z.number(), lastSeenAt: z.number() }))
    .max(1_000),
})
type Stored = z.infer<typeof storedSchema>

export interface Session {
  readonly hash: string
  readonly user: string
}

/**
 * Who is signed in. A session's secret lives only in its page's storage; here, and in `sessions.json`, is its SHA-256, so
 * that a page stays signed in over a restart and the file signs nobody in.
 */
export interface SessionStore {
  readonly lastPort: number
  rememberPort(port: number): Promise<void>
  /** Starts a session; returns its secret, which is shown once. On a full disk it ends with the process. */
  create(user: string): Promise<string>
  /** The session of a secret; null when unknown or too old. */
  find(secret: string): Session | null
  /** False once it was ended or grew too old. */
  isAlive(session: Session): boolean
  end(session: Session): Promise<void>
  /** Signs everybody out, as after a change of the password. */
  endAll(): Promise<void>
  /** Called with each session that was ended. Returns how to stop listening. */
  onEnded(listener: (session: Session) => void): () => void
  /** Writes what is pending. */
  flush(): Promise<void>
}

/** What a session store reads the time by. */
export interface SessionClock {
  /** Milliseconds since the epoch: what is stored. */
  now(): number
  /** Milliseconds that pass: what a session's age is measured by while we run. */
  monotonicMs(): number
}

/** A session with its moments by the monotonic clock; they may lie before the start of this process. */
interface Live {
  readonly hash: string
  readonly user: string
  readonly createdMs: number
  seenMs: number
}

export const SESSION_IDLE_MS = 7 * 24 * 3_600_000
export const SESSION_AGE_MS = 30 * 24 * 3_600_000
const SESSION_LIMIT = 64
/** When one was last seen need not be exact to be useful; a write an hour is enough. */
const SEEN_GRANULARITY_MS = 3_600_000
/** A stored moment may lie so far in the future: a clock was put right. Beyond it, it says nothing, and the session is over. */
const FUTURE_MS = 3_600_000

/** Reads the stored sessions of `dataDir`. A file that cannot be read as such is replaced: everybody signs in again. */
export async function openSessionStore(dataDir: string, clock: SessionClock): Promise<SessionStore> {
  const path = join(dataDir, 'sessions.json')
  const stored = parseStored(await readSmallFile(path))
  const byHash = new Map<string, Live>()
  for (const { hash, user, createdAt, lastSeenAt } of stored.sessions) {
    if (Math.max(createdAt, lastSeenAt) > clock.now() + FUTURE_MS) continue
    byHash.set(hash, { hash, user, createdMs: toMonotonic(createdAt), seenMs: toMonotonic(lastSeenAt) })
  }
  const listeners = new Set<(session: Session) => void>()
  let port = stored.port
  let writing = Promise.resolve()

  function toMonotonic(at: number): number {
    return clock.monotonicMs() - Math.max(0, clock.now() - at)
  }
  function toWall(ms: number): number {
    return clock.now() - Math.round(clock.monotonicMs() - ms)
  }
  const save = (): Promise<void> => {
    const next = async () => {
      const sessions = [...byHash.values()].map(({ hash, user, createdMs, seenMs }) => ({
        hash,
        user,
        createdAt: toWall(createdMs),
        lastSeenAt: toWall(seenMs),
      }))
      const content: Stored = { version: 2, port, sessions }
      await writePrivateFile(path, `${JSON.stringify(content)}\n`)
    }
    // A failed write is reported to whoever asked for it; the next one is tried all the same.
    const result = writing.then(next, next)
    writing = result.catch(() => undefined)
    return result
  }
  const isFresh = ({ seenMs, createdMs }: Live) =>
    clock.monotonicMs() - seenMs < SESSION_IDLE_MS && clock.monotonicMs() - createdMs < SESSION_AGE_MS
  const drop = (hash: string) => {
    const session = byHash.get(hash)
    if (session === undefined) return
    byHash.delete(hash)
    for (const listener of listeners) listener(session)
  }
  const dropStale = () => {
    for (const session of byHash.values()) if (!isFresh(session)) drop(session.hash)
  }

  dropStale()
  return {
    lastPort: port,
    async rememberPort(next) {
      if (next === port) return
      port = next
      await save().catch(unlessFull)
    },
    async create(user) {
      dropStale()
      const secret = randomBytes(32).toString('base64url')
      const nowMs = clock.monotonicMs()
      byHash.set(hashOf(secret), { hash: hashOf(secret), user, createdMs: nowMs, seenMs: nowMs })
      for (const oldest of byHash.keys()) {
        if (byHash.size <= SESSION_LIMIT) break
        drop(oldest)
      }
      // A full disk keeps nobody out: this one then lasts as long as the process, unless a later write succeeds.
      await save().catch(unlessFull)
      return secret
    },
    find(secret) {
      const session = byHash.get(hashOf(secret))
      if (session === undefined) return null
      if (!isFresh(session)) {
        drop(session.hash)
        return null
      }
      if (clock.monotonicMs() - session.seenMs > SEEN_GRANULARITY_MS) {
        session.seenMs = clock.monotonicMs()
        save().catch(() => undefined)
      }
      return session
    },
    isAlive(session) {
      const current = byHash.get(session.hash)
      return current !== undefined && isFresh(current)
    },
    async end(session) {
      drop(session.hash)
      await save()
    },
    async endAll() {
      for (const hash of [...byHash.keys()]) drop(hash)
      await save()
    },
    onEnded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    flush: () => writing,
  }
}

function unlessFull(error: unknown): void {
  if (!isDiskFull(error)) throw error
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function parseStored(text: string | null): Stored {
  const content = parseJson(text ?? '')
  const whole = storedSchema.safeParse(content)
  if (whole.success) return whole.data
  return { version: 2, port: portSchema.safeParse(content).data?.port ?? 0, sessions: [] }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

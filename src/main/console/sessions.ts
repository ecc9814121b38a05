import type { HostId, VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'

/** Consoles open at once: each costs two channels of its host's SSH connection at most. */
export const CONSOLES_LIMIT = 256
export const CONSOLES_PER_USER_LIMIT = 32

/** Who is connected to what. */
export interface ConsoleSession {
  readonly id: number
  readonly user: string
  /** The VM, or of a shell the host. */
  readonly objectId: VmId | HostId
  readonly kind: 'graphics' | 'serial' | 'shell'
  /** By the monotonic clock. */
  readonly sinceMs: number
}

/** Who is connected, bounded for each person and for all. */
export class ConsoleSessions {
  readonly #sessions = new Map<number, ConsoleSession>()
  #nextId = 1

  get all(): readonly ConsoleSession[] {
    return [...this.#sessions.values()]
  }

  /** Counts a console in; returns it and how to count it out. Errors: console.too-many. */
  enter(about: Omit<ConsoleSession, 'id'>): { readonly session: ConsoleSession; readonly leave: () => void } {
    const ofUser = this.all.filter(({ user }) => user === about.user).length
    if (ofUser >= CONSOLES_PER_USER_LIMIT) throw new AppError('console.too-many', { limit: CONSOLES_PER_USER_LIMIT })
    if (this.#sessions.size >= CONSOLES_LIMIT) throw new AppError('console.too-many', { limit: CONSOLES_LIMIT })
    const session = { ...about, id: this.#nextId++ }
    this.#sessions.set(session.id, session)
    return { session, leave: () => void this.#sessions.delete(session.id) }
  }
}

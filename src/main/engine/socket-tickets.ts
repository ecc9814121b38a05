import { randomBytes } from 'node:crypto'
import type { AppError } from '../../shared/errors/index.ts'
import type { Clock } from './ports.ts'

export const TICKET_LIFETIME_MS = 30_000
/** Unused tickets at once; past it the command is refused rather than the memory used. */
export const TICKETS_LIMIT = 1_024
export const TICKETS_PER_USER_LIMIT = 64
/** 256 bits: not to be guessed within 30 s, or ever. */
const TICKET_BYTES = 32

/** A ticket as whoever asked for it gets it. */
export interface IssuedTicket {
  readonly ticket: string
  readonly path: string
  readonly expiresAt: number
}

interface TicketRecord<Grant> {
  readonly user: string
  readonly grant: Grant
  /** By the monotonic clock. */
  readonly expiresMs: number
  readonly used: boolean
}

export type TicketRefusal = 'unknown' | 'expired' | 'used' | 'other-user'

/** May `user` use this ticket now? Null: yes. Of two reasons the one that tells a stranger less comes first. */
export function decideTicketUse(
  record: TicketRecord<unknown> | undefined,
  user: string,
  nowMs: number,
): TicketRefusal | null {
  if (record === undefined) return 'unknown'
  if (record.user !== user) return 'other-user'
  if (record.used) return 'used'
  return nowMs >= record.expiresMs ? 'expired' : null
}

export interface SocketTicketsOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
  /** Where its sockets are opened: `/console`. */
  readonly prefix: string
  readonly invalid: (reason: TicketRefusal) => AppError
  readonly tooMany: (limit: number) => AppError
}

/** Single-use tickets for sockets, kept in memory only: a restart of the engine voids them all. */
export class SocketTickets<Grant extends { readonly user: string }> {
  readonly #records = new Map<string, TicketRecord<Grant>>()
  readonly #options: SocketTicketsOptions

  constructor(options: SocketTicketsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#records.size
  }

  /** Makes a ticket. Throws `tooMany` when too many are unused. */
  issue(grant: Grant): IssuedTicket {
    const { clock, prefix, tooMany } = this.#options
    const nowMs = clock.monotonicMs()
    this.#dropOld(nowMs)
    const ofUser = [...this.#records.values()].filter((record) => record.user === grant.user).length
    if (ofUser >= TICKETS_PER_USER_LIMIT) throw tooMany(TICKETS_PER_USER_LIMIT)
    if (this.#records.size >= TICKETS_LIMIT) throw tooMany(TICKETS_LIMIT)
    const ticket = randomBytes(TICKET_BYTES).toString('base64url')
    this.#records.set(ticket, { user: grant.user, grant, expiresMs: nowMs + TICKET_LIFETIME_MS, used: false })
    return { ticket, path: `${prefix}/${ticket}`, expiresAt: clock.now() + TICKET_LIFETIME_MS }
  }

  /**
   * Uses a ticket up. Another user's attempt leaves it usable: guessing must not be a way to take a socket from somebody.
   * Throws `invalid`.
   */
  redeem(ticket: string, user: string): Grant {
    const record = this.#records.get(ticket)
    const reason = decideTicketUse(record, user, this.#options.clock.monotonicMs())
    if (reason !== null || record === undefined) throw this.#options.invalid(reason ?? 'unknown')
    // Kept until it expires, so that a second use is told apart from a ticket that never was.
    this.#records.set(ticket, { ...record, used: true })
    return record.grant
  }

  #dropOld(nowMs: number): void {
    for (const [ticket, record] of this.#records) {
      if (nowMs >= record.expiresMs) this.#records.delete(ticket)
    }
  }
}

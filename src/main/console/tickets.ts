import { randomBytes } from 'node:crypto'
import type { HostId, VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Clock } from '../engine/index.ts'

export const TICKET_LIFETIME_MS = 30_000
/** Unused tickets at once; past it the command is refused rather than the memory used. */
export const TICKETS_LIMIT = 1_024
export const TICKETS_PER_USER_LIMIT = 64
/** 256 bits: not to be guessed within 30 s, or ever. */
const TICKET_BYTES = 32

/** A ticket that makes the terminal of a host's shell. */
export interface ShellGrant {
  readonly user: string
  readonly kind: 'shell'
  readonly hostId: HostId
  readonly columns: number
  readonly rows: number
}

/** A ticket that makes the console of a VM. */
export interface ConsoleGrant {
  readonly user: string
  readonly vmId: VmId
  readonly kind: 'graphics' | 'serial'
  /** Alias of the serial port; null: the first that can be opened. */
  readonly port: string | null
  readonly force: boolean
}

/** What a ticket entitles to. */
export type TicketGrant = ConsoleGrant | ShellGrant

/** A ticket as whoever asked for it gets it. */
export interface IssuedTicket {
  readonly ticket: string
  readonly path: string
  readonly expiresAt: number
}

interface TicketRecord {
  readonly user: string
  readonly grant: TicketGrant
  /** By the monotonic clock. */
  readonly expiresMs: number
  readonly used: boolean
}

type RefusalReason = 'unknown' | 'expired' | 'used' | 'other-user'

/** May `user` use this ticket now? Null: yes. Of two reasons the one that tells a stranger less comes first. */
export function decideTicketUse(record: TicketRecord | undefined, user: string, nowMs: number): RefusalReason | null {
  if (record === undefined) return 'unknown'
  if (record.user !== user) return 'other-user'
  if (record.used) return 'used'
  return nowMs >= record.expiresMs ? 'expired' : null
}

/** Single-use tickets, kept in memory only: a restart of the engine voids them all. */
export class ConsoleTickets {
  readonly #records = new Map<string, TicketRecord>()
  readonly #clock: Pick<Clock, 'now' | 'monotonicMs'>

  constructor(clock: Pick<Clock, 'now' | 'monotonicMs'>) {
    this.#clock = clock
  }

  get size(): number {
    return this.#records.size
  }

  /** Makes a ticket. Errors: console.too-many when too many are unused. */
  issue(grant: TicketGrant): IssuedTicket {
    const nowMs = this.#clock.monotonicMs()
    this.#dropOld(nowMs)
    const ofUser = [...this.#records.values()].filter((record) => record.user === grant.user).length
    if (ofUser >= TICKETS_PER_USER_LIMIT) throw new AppError('console.too-many', { limit: TICKETS_PER_USER_LIMIT })
    if (this.#records.size >= TICKETS_LIMIT) throw new AppError('console.too-many', { limit: TICKETS_LIMIT })
    const ticket = randomBytes(TICKET_BYTES).toString('base64url')
    this.#records.set(ticket, { user: grant.user, grant, expiresMs: nowMs + TICKET_LIFETIME_MS, used: false })
    return { ticket, path: `/console/${ticket}`, expiresAt: this.#clock.now() + TICKET_LIFETIME_MS }
  }

  /**
   * Uses a ticket up. Another user's attempt leaves it usable: guessing must not be a way to take a console from somebody.
   * Errors: console.ticket-invalid.
   */
  redeem(ticket: string, user: string): TicketGrant {
    const record = this.#records.get(ticket)
    const reason = decideTicketUse(record, user, this.#clock.monotonicMs())
    if (reason !== null || record === undefined) {
      throw new AppError('console.ticket-invalid', { reason: reason ?? 'unknown' })
    }
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

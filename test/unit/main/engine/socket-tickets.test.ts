import { describe, expect, it } from 'vitest'
import {
  decideTicketUse,
  SocketTickets,
  TICKET_LIFETIME_MS,
  TICKETS_PER_USER_LIMIT,
} from '../../../../src/main/engine/socket-tickets.ts'
import { AppError, isAppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock, YEAR_2036 } from './manual-clock.ts'

const grant = { user: 'kim', of: 'a console' }

function createTickets(clock: ManualClock) {
  return new SocketTickets<typeof grant>({
    clock,
    prefix: '/console',
    invalid: (reason) => new AppError('console.ticket-invalid', { reason }),
    tooMany: (limit) => new AppError('console.too-many', { limit }),
  })
}

function reasonOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (isAppError(error, 'console.ticket-invalid')) return error.params.reason
    if (isAppError(error, 'console.too-many')) return `too-many ${error.params.limit}`
    throw error
  }
  return 'no error'
}

describe('the decision whether a ticket may be used', () => {
  const record = { user: grant.user, grant, expiresMs: 1_000, used: false }
  it.each([
    ['a fresh ticket of the same user is good', record, 'kim', 999, null],
    ['a ticket that never was is unknown', undefined, 'kim', 0, 'unknown'],
    ['the last millisecond is over at the expiry itself', record, 'kim', 1_000, 'expired'],
    ['a used ticket is refused', { ...record, used: true }, 'kim', 0, 'used'],
    ['another user is refused', record, 'lee', 0, 'other-user'],
    ['another user does not learn that it was used', { ...record, used: true }, 'lee', 0, 'other-user'],
    ['another user does not learn that it expired', record, 'lee', 5_000, 'other-user'],
    ['used says more than expired', { ...record, used: true }, 'kim', 5_000, 'used'],
  ])('%s', (_title, ticket, user, now, expected) => {
    expect(decideTicketUse(ticket, user, now)).toBe(expected)
  })
})

describe('tickets of sockets', () => {
  it('are good once', () => {
    const clock = new ManualClock()
    const tickets = createTickets(clock)
    const { ticket, path, expiresAt } = tickets.issue(grant)
    expect(path).toBe(`/console/${ticket}`)
    expect(expiresAt).toBe(clock.now() + TICKET_LIFETIME_MS)
    expect(tickets.redeem(ticket, 'kim')).toEqual(grant)
    expect(reasonOf(() => tickets.redeem(ticket, 'kim'))).toBe('used')
  })

  it('survive the attempt of another user', () => {
    const tickets = createTickets(new ManualClock())
    const { ticket } = tickets.issue(grant)
    expect(reasonOf(() => tickets.redeem(ticket, 'lee'))).toBe('other-user')
    expect(tickets.redeem(ticket, 'kim')).toEqual(grant)
  })

  it('end after 30 seconds and are forgotten then', () => {
    const clock = new ManualClock()
    const tickets = createTickets(clock)
    const { ticket } = tickets.issue(grant)
    clock.advance(TICKET_LIFETIME_MS)
    expect(reasonOf(() => tickets.redeem(ticket, 'kim'))).toBe('expired')
    tickets.issue({ ...grant, user: 'lee' })
    expect(tickets.size).toBe(1)
    expect(reasonOf(() => tickets.redeem(ticket, 'kim'))).toBe('unknown')
  })

  it('live for 30 seconds, whatever the clock is set to meanwhile', () => {
    for (const set of [
      (clock: ManualClock) => clock.setBack(600_000),
      (clock: ManualClock) => clock.setTo(YEAR_2036),
    ]) {
      const clock = new ManualClock()
      const tickets = createTickets(clock)
      const [early, late] = [tickets.issue(grant).ticket, tickets.issue(grant).ticket]
      set(clock)
      clock.advance(TICKET_LIFETIME_MS - 1)
      expect(reasonOf(() => tickets.redeem(early, 'kim'))).toBe('no error')
      clock.advance(1)
      expect(reasonOf(() => tickets.redeem(late, 'kim'))).toBe('expired')
    }
  })

  it('are bounded for each user, without harm to another', () => {
    const tickets = createTickets(new ManualClock())
    for (let count = 0; count < TICKETS_PER_USER_LIMIT; count += 1) tickets.issue(grant)
    expect(reasonOf(() => tickets.issue(grant))).toBe(`too-many ${TICKETS_PER_USER_LIMIT}`)
    expect(reasonOf(() => tickets.issue({ ...grant, user: 'lee' }))).toBe('no error')
  })

  it('carry 256 bits each and never repeat', () => {
    const tickets = createTickets(new ManualClock())
    const made = new Set(Array.from({ length: 50 }, () => tickets.issue(grant).ticket))
    expect(made.size).toBe(50)
    for (const ticket of made) expect(Buffer.from(ticket, 'base64url')).toHaveLength(32)
  })
})

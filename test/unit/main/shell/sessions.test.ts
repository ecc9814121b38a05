import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSessionStore, SESSION_AGE_MS, SESSION_IDLE_MS } from '../../../../src/main/shell/server/sessions.ts'
import { createSignInLinks } from '../../../../src/main/shell/server/sign-in-links.ts'
import { ManualClock, YEAR_2036 } from '../engine/manual-clock.ts'
import { PRIVATE_MODE } from './private-mode.ts'

let dataDir = ''
let clock = new ManualClock()

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-sessions-'))
  clock = new ManualClock()
})
afterEach(() => rm(dataDir, { recursive: true }))

const open = () => openSessionStore(dataDir, clock)

describe('sessions', () => {
  it('are found again after a restart', async () => {
    const before = await open()
    const value = await before.create('ada')
    const after = await open()
    expect(after.find(value)?.user).toBe('ada')
  })

  it('leave nothing in the file that could be used to sign in', async () => {
    const value = await (await open()).create('ada')
    const path = join(dataDir, 'sessions.json')
    expect(await readFile(path, 'utf8')).not.toContain(value)
    expect((await stat(path)).mode & 0o777).toBe(PRIVATE_MODE)
  })

  it('end when nobody has used them for a week', async () => {
    const store = await open()
    const value = await store.create('ada')
    clock.advance(SESSION_IDLE_MS - 1)
    const session = store.find(value)
    expect(session).not.toBeNull()
    clock.advance(SESSION_IDLE_MS)
    expect(store.find(value)).toBeNull()
    await store.flush()
  })

  it('end after thirty days however much they are used', async () => {
    const store = await open()
    const value = await store.create('ada')
    const start = clock.monotonicMs()
    for (let used = 0; used < SESSION_AGE_MS - SESSION_IDLE_MS; used += SESSION_IDLE_MS - 1) {
      expect(store.find(value)).not.toBeNull()
      clock.advance(SESSION_IDLE_MS - 1)
    }
    clock.advance(start + SESSION_AGE_MS - clock.monotonicMs())
    expect(store.find(value)).toBeNull()
    await store.flush()
  })

  it('last as long as they last, whatever the clock is set to meanwhile', async () => {
    for (const set of [() => clock.setBack(600_000), () => clock.setTo(YEAR_2036)]) {
      const store = await open()
      const value = await store.create('ada')
      set()
      clock.advance(SESSION_IDLE_MS - 1)
      expect(store.find(value)).not.toBeNull()
      clock.advance(SESSION_IDLE_MS)
      expect(store.find(value)).toBeNull()
      await store.flush()
    }
  })

  it('that were stored by a clock far ahead are over, not good until then', async () => {
    const right = clock.now()
    clock.setTo(YEAR_2036)
    const value = await (await open()).create('ada')
    clock.setTo(right)
    expect((await open()).find(value)).toBeNull()
  })

  it('survive a restart after the clock was set back a little, and then age from there', async () => {
    const value = await (await open()).create('ada')
    clock.setBack(600_000)
    const store = await open()
    clock.advance(SESSION_IDLE_MS - 1)
    expect(store.find(value)?.user).toBe('ada')
    clock.advance(SESSION_IDLE_MS)
    expect(store.find(value)).toBeNull()
    await store.flush()
  })

  it('end with signing out, and say so to whoever listens', async () => {
    const store = await open()
    const ended: string[] = []
    store.onEnded((session) => ended.push(session.user))
    const value = await store.create('ada')
    const session = store.find(value)
    if (session === null) throw new Error('the session was not found')
    await store.end(session)
    expect(store.isAlive(session)).toBe(false)
    expect(store.find(value)).toBeNull()
    expect((await open()).find(value)).toBeNull()
    expect(ended).toEqual(['ada'])
  })

  it('are all ended by a change of the password', async () => {
    const store = await open()
    const values = [await store.create('ada'), await store.create('bob')]
    await store.endAll()
    expect(values.map((value) => store.find(value))).toEqual([null, null])
  })

  it('are bounded: the oldest goes when there are too many', async () => {
    const store = await open()
    const first = await store.create('first')
    for (let count = 0; count < 64; count++) await store.create('later')
    expect(store.find(first)).toBeNull()
  })

  it('begin anew when the file is damaged', async () => {
    await writeFile(join(dataDir, 'sessions.json'), '{"sessions":[{')
    const store = await open()
    expect(store.find('anything')).toBeNull()
    expect(store.lastPort).toBe(0)
  })
})

describe('sessions of the time when they were cookies', () => {
  it('are over, as other servers may have read them; the port is kept', async () => {
    const secret = 'x'.repeat(43)
    const hash = createHash('sha256').update(secret).digest('base64url')
    const now = clock.now()
    const sessions = [{ hash, user: 'ada', createdAt: now, lastSeenAt: now }]
    const text = JSON.stringify({ instance: '0123abcd', port: 40_123, sessions })
    await writeFile(join(dataDir, 'sessions.json'), text)
    const store = await open()
    expect(store.find(secret)).toBeNull()
    expect(store.lastPort).toBe(40_123)
  })
})

describe('sign-in links', () => {
  it('work once', () => {
    const links = createSignInLinks({ lifetimeMs: 1_000, monotonicMs: () => clock.monotonicMs() })
    const token = links.create()
    expect(links.redeem(token)).toBe(true)
    expect(links.redeem(token)).toBe(false)
  })

  it('grow old', () => {
    const links = createSignInLinks({ lifetimeMs: 1_000, monotonicMs: () => clock.monotonicMs() })
    const token = links.create()
    clock.advance(1_000)
    expect(links.redeem(token)).toBe(false)
  })

  it('may live for less, and say once that they were used', () => {
    const links = createSignInLinks({ lifetimeMs: 1_000, monotonicMs: () => clock.monotonicMs() })
    let used = 0
    const [first, second] = [1, 2].map(() => links.create({ lifetimeMs: 10, onUsed: () => used++ }))
    expect(links.redeem(first ?? '')).toBe(true)
    expect(links.redeem(first ?? '')).toBe(false)
    clock.advance(10)
    expect(links.redeem(second ?? '')).toBe(false)
    expect(used).toBe(1)
  })

  it('are not to be made up', () => {
    const links = createSignInLinks({ lifetimeMs: 1_000, monotonicMs: () => clock.monotonicMs() })
    const token = links.create()
    expect(links.redeem('')).toBe(false)
    expect(links.redeem(`${token}x`)).toBe(false)
    expect(links.redeem(token)).toBe(true)
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConsoleLink } from '../../../../src/renderer/features/console/console-link.ts'
import type { LinkState, LinkSurroundings } from '../../../../src/renderer/features/console/decide-link.ts'
import type { ConsoleChannel } from '../../../../src/renderer/stores/console-channel.ts'
import { CONSOLE_CLOSE_ENDED, CONSOLE_CLOSE_ERROR, encodeConsoleClose } from '../../../../src/shared/contract/index.ts'

const up: LinkSurroundings = { engineLive: true, vmStatus: 'up', hostId: 'a' }
const down: LinkSurroundings = { ...up, vmStatus: 'down' }

interface FakeChannel {
  readonly path: string
  readonly end: (code: number, reason?: string) => void
  closedByUs: boolean
}

function makeLink() {
  const states: LinkState[] = []
  const channels: FakeChannel[] = []
  const forced: boolean[] = []
  let shown: ConsoleChannel | null = null
  let tickets = 0
  const link = new ConsoleLink({
    openTicket: async (force) => {
      forced.push(force)
      tickets += 1
      return { ok: true, value: { path: `/console/${tickets}` }, rev: 1 }
    },
    connect: (path) => {
      const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
      const channel: FakeChannel = { path, end: (code, reason = '') => resolve({ code, reason }), closedByUs: false }
      channels.push(channel)
      return {
        attach: () => {
          throw new Error('screens attach, links do not')
        },
        close: () => {
          channel.closedByUs = true
        },
        closed: promise,
      }
    },
    show: (channel) => {
      shown = channel
    },
    changed: (state) => states.push(state),
    elapsedMs: () => performance.now(),
    random: () => 0.5,
  })
  return { link, states, channels, forced, last: () => states.at(-1), shown: () => shown }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

describe('a console link', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('connects when the VM runs, with a ticket', async () => {
    const { link, channels, last } = makeLink()
    link.update(down)
    expect(last()).toEqual({ phase: 'waiting', reason: 'vm-down' })
    link.update(up)
    await settle()
    expect(channels.map(({ path }) => path)).toEqual(['/console/1'])
    expect(last()).toEqual({ phase: 'connecting' })
    link.screenConnected()
    expect(last()).toEqual({ phase: 'connected' })
  })

  it('comes back after an end, each time with a new ticket, and later each time', async () => {
    const { link, channels } = makeLink()
    link.update(up)
    await settle()
    channels[0]?.end(CONSOLE_CLOSE_ENDED)
    await vi.advanceTimersByTimeAsync(499)
    expect(channels).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(channels[1]?.path).toBe('/console/2')
    channels[1]?.end(1_006)
    await vi.advanceTimersByTimeAsync(999)
    expect(channels).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(channels).toHaveLength(3)
  })

  it('begins the row anew after a connection that held', async () => {
    const { link, channels } = makeLink()
    link.update(up)
    await settle()
    for (let count = 0; count < 3; count += 1) {
      link.screenConnected()
      await vi.advanceTimersByTimeAsync(6_000)
      channels.at(-1)?.end(CONSOLE_CLOSE_ENDED)
      await vi.advanceTimersByTimeAsync(500)
    }
    expect(channels).toHaveLength(4)
  })

  it('waits for a VM that stopped, and connects when it starts', async () => {
    const { link, channels, last } = makeLink()
    link.update(up)
    await settle()
    link.screenConnected()
    link.update(down)
    expect(last()).toEqual({ phase: 'connected' })
    channels[0]?.end(CONSOLE_CLOSE_ENDED)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(last()).toEqual({ phase: 'waiting', reason: 'vm-down' })
    expect(channels).toHaveLength(1)
    link.update(up)
    await settle()
    expect(channels).toHaveLength(2)
  })

  it('hears that the VM stopped only after the end: it then stops trying', async () => {
    const { link, channels, last } = makeLink()
    link.update(up)
    await settle()
    channels[0]?.end(CONSOLE_CLOSE_ENDED)
    await settle()
    link.update(down)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(last()).toEqual({ phase: 'waiting', reason: 'vm-down' })
    expect(channels).toHaveLength(1)
  })

  it('stays with a busy serial port until told to take it', async () => {
    const { link, channels, last, forced } = makeLink()
    link.update(up)
    await settle()
    channels[0]?.end(CONSOLE_CLOSE_ERROR, encodeConsoleClose({ code: 'console.serial-busy', params: { name: 'a' } }))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(last()).toMatchObject({ phase: 'stopped', error: { code: 'console.serial-busy', params: { name: 'a' } } })
    link.retry(true)
    await settle()
    expect(forced).toEqual([false, true])
    expect(channels).toHaveLength(2)
  })

  it('forgets why it had stopped when the machine stops', async () => {
    const { link, channels, last } = makeLink()
    link.update(up)
    await settle()
    channels[0]?.end(CONSOLE_CLOSE_ERROR, encodeConsoleClose({ code: 'console.password-refused', params: {} }))
    await settle()
    expect(last()?.phase).toBe('stopped')
    link.update(down)
    expect(last()).toEqual({ phase: 'waiting', reason: 'vm-down' })
    link.update(up)
    await settle()
    expect(channels).toHaveLength(2)
  })

  it('goes to the new host at once after a migration', async () => {
    const { link, channels } = makeLink()
    link.update(up)
    await settle()
    channels[0]?.end(CONSOLE_CLOSE_ENDED)
    await settle()
    link.update({ ...up, hostId: 'b' })
    await settle()
    expect(channels).toHaveLength(2)
  })

  it('hears nothing more of a channel that it has given up', async () => {
    const { link, channels, last } = makeLink()
    link.update(up)
    await settle()
    link.retry(false)
    await settle()
    expect(channels[0]?.closedByUs).toBe(true)
    channels[0]?.end(CONSOLE_CLOSE_ERROR, encodeConsoleClose({ code: 'console.serial-busy', params: {} }))
    await settle()
    expect(last()).toEqual({ phase: 'connecting' })
  })

  it('gives up a try that stays silent, and tries again', async () => {
    const { link, channels, last } = makeLink()
    link.update(up)
    await vi.advanceTimersByTimeAsync(59_999)
    expect(last()).toEqual({ phase: 'connecting' })
    await vi.advanceTimersByTimeAsync(1)
    expect(last()).toMatchObject({ phase: 'retrying', error: { code: 'command.timed-out' } })
    expect(channels[0]?.closedByUs).toBe(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(channels).toHaveLength(2)
  })

  it('has no time limit once it is connected', async () => {
    const { link, last } = makeLink()
    link.update(up)
    await settle()
    link.screenConnected()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(last()).toEqual({ phase: 'connected' })
  })

  it('ends with the window', async () => {
    const { link, channels, shown } = makeLink()
    link.update(up)
    await settle()
    link.stop()
    expect(channels[0]?.closedByUs).toBe(true)
    expect(shown()).toBeNull()
    link.update(down)
    link.update(up)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(channels).toHaveLength(1)
  })
})

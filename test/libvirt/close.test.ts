import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Daemon, startDaemon } from './daemon.ts'

const ROUNDS = 400
const AT_ONCE = 3
const events = ['domain-lifecycle', 'domain-reboot', 'domain-metadata-change', 'network-lifecycle'] as const

let daemon: Daemon

beforeAll(async () => {
  daemon = await startDaemon()
})

afterAll(() => daemon.stop())

it('leaves the daemon alive after many connections with registrations were closed', async () => {
  let closed = 0
  const openAndClose = async (): Promise<void> => {
    const connection = await daemon.open()
    await connection.subscribe({ events: [...events], allowRefused: true })
    await connection.close()
    expect(await connection.closed).toBeNull()
    closed += 1
  }
  for (let round = 0; round < ROUNDS; round += 1) await Promise.all(Array.from({ length: AT_ONCE }, openAndClose))
  expect(closed).toBe(ROUNDS * AT_ONCE)
})

it('leaves the daemon alive when connections are closed while it is asked for registrations, or asked to forget them', async () => {
  const openAndClose = async (round: number): Promise<void> => {
    const connection = await daemon.open()
    const first = await connection.subscribe({ events: ['domain-lifecycle', 'domain-reboot'], allowRefused: true })
    const asked = connection
      .subscribe({ events: ['domain-metadata-change', 'network-lifecycle'], allowRefused: true })
      .catch((error: unknown) => error)
    const forgotten = round % 2 === 0 ? first.close().catch((error: unknown) => error) : null
    await connection.close()
    expect(await connection.closed).toBeNull()
    await Promise.all([asked, forgotten])
  }
  for (let round = 0; round < ROUNDS / 2; round += 1) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_unused, index) => openAndClose(round + index)))
  }
  const survivor = await daemon.open()
  await survivor.close()
})

it('closes within its time limit when the daemon hangs, and tells pending calls that their outcome is unknown', async () => {
  const connection = await daemon.open({ keepalive: 'off' })
  daemon.signal('SIGSTOP')
  try {
    const pending = connection.call('CONNECT_GET_LIB_VERSION', {}).catch((error: unknown) => error)
    await connection.close()
    expect(await pending).toMatchObject({ code: 'libvirt.outcome-unknown', retry: 'after-refresh' })
    expect(await connection.closed).toBeNull()
  } finally {
    daemon.signal('SIGCONT')
  }
})

it('refuses calls from the moment it is being closed', async () => {
  const connection = await daemon.open()
  const closing = connection.close()
  await expect(connection.call('CONNECT_GET_LIB_VERSION', {})).rejects.toMatchObject({
    code: 'libvirt.connection-closed',
  })
  await closing
})

import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { type ConsoleHost, createConsoles } from '../../../../src/main/console/index.ts'
import { CONSOLES_PER_USER_LIMIT } from '../../../../src/main/console/sessions.ts'
import { silentLog } from '../../../../src/main/engine/ports.ts'
import { CONSOLE_CLOSE_ENDED, CONSOLE_CLOSE_ERROR, decodeConsoleClose } from '../../../../src/shared/contract/index.ts'
import type { Vm } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { FakeSocket } from './fake-socket.ts'
import { makeIdentity, makeSnapshot, makeVm, vmId } from './model.ts'

const xml = `<domain><devices><graphics type='vnc' socket='/run/a.sock'><listen type='socket' socket='/run/a.sock'/>
  </graphics><serial type='pty'/></devices></domain>`

function makeConsoles(change: { vm?: Vm; host?: Partial<ConsoleHost> } = {}) {
  let vm = change.vm ?? makeVm()
  const [ours, theirs] = duplexPair()
  const host: ConsoleHost = {
    fetchState: async () => ({ state: 'running', reason: 'booted' }),
    fetchDomainXml: async () => xml,
    openSerial: async () => ours,
    openShell: async () => ({ stream: ours, resize: () => undefined }),
    forwardSocket: async () => ours,
    forwardTcp: async () => ours,
    ...change.host,
  }
  const consoles = createConsoles({
    model: () => makeSnapshot(vm),
    findHost: () => host,
    audit: { record: () => undefined },
    clock: new ManualClock(),
    isLocal: true,
    shown: { upsert: () => undefined, remove: () => undefined },
    log: silentLog,
  })
  const ticketFor = async (user: string, kind: 'graphics' | 'serial', force = false) => {
    const snapshot = makeSnapshot(vm)
    const { ticket } = await consoles.handlers['console.open'].execute({
      input: { vmId, kind, port: null, force },
      identity: makeIdentity(user),
      snapshot,
      model: () => snapshot,
      signal: new AbortController().signal,
      correlationId: 'c',
    })
    return ticket
  }
  const open = async (kind: 'graphics' | 'serial', user = 'kim') => {
    const socket = new FakeSocket()
    consoles.attach(await ticketFor(user, kind), makeIdentity(user), socket)
    return socket
  }
  return {
    consoles,
    server: theirs,
    open,
    ticketFor,
    setVm: (next: Vm) => {
      vm = next
    },
  }
}

/** Collects what a stream gives, from now on. */
function listenTo(stream: Duplex): () => Buffer {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks)
}

const closeOf = (socket: FakeSocket) => ({
  code: socket.closedWith?.code,
  reason: decodeConsoleClose(socket.closedWith?.reason ?? '')?.code,
})

async function signIn(server: Duplex, heard: () => Buffer): Promise<void> {
  server.write('RFB 003.008\n')
  await vi.waitFor(() => expect(heard().toString('latin1')).toBe('RFB 003.008\n'))
  server.write(Uint8Array.of(1, 1))
  await vi.waitFor(() => expect(heard()).toHaveLength(13))
  server.write(Buffer.alloc(4))
}

describe('a graphics console', () => {
  it('signs in to the server, offers the window no security, and then moves bytes both ways', async () => {
    const { server, open, consoles } = makeConsoles()
    const heard = listenTo(server)
    const socket = await open('graphics')
    // A window that speaks before it was greeted is not lost either.
    socket.type('RFB 003.008\n')
    await signIn(server, heard)
    await vi.waitFor(() => expect(socket.received.subarray(-2)).toEqual(Buffer.from([1, 1])))
    // Choice, ClientInit and the first message in one piece.
    socket.type(Buffer.from([1, 1, 99, 98]))
    await vi.waitFor(() => expect(heard().subarray(13)).toEqual(Buffer.from([1, 99, 98])))
    server.write('picture')
    await vi.waitFor(() => expect(socket.received.toString('latin1').endsWith('picture')).toBe(true))
    expect(consoles.sessions).toMatchObject([{ user: 'kim', objectId: vmId, kind: 'graphics' }])
    server.destroy()
    await vi.waitFor(() => expect(closeOf(socket)).toEqual({ code: CONSOLE_CLOSE_ENDED, reason: undefined }))
    expect(consoles.sessions).toEqual([])
  })

  it('lets go of the server when the window leaves in the middle of the handshake', async () => {
    const { server, open, consoles } = makeConsoles()
    const heard = listenTo(server)
    const socket = await open('graphics')
    server.write('RFB 003.008\n')
    await vi.waitFor(() => expect(heard()).toHaveLength(12))
    socket.leave()
    await vi.waitFor(() => expect(consoles.sessions).toEqual([]))
    await consoles.stop()
  })

  it('says why a socket cannot be reached', async () => {
    const { open } = makeConsoles({
      host: {
        forwardSocket: () =>
          Promise.reject(
            new AppError('ssh.forward-refused', { target: '/run/a.sock', hint: 'permission-denied', group: 'qemu' }),
          ),
      },
    })
    const socket = await open('graphics')
    await vi.waitFor(() => expect(closeOf(socket).reason).toBe('console.socket-permission'))
    expect(closeOf(socket).code).toBe(CONSOLE_CLOSE_ERROR)
  })

  it('ends with an error when the server hangs up instead of greeting', async () => {
    const { open, server } = makeConsoles()
    const socket = await open('graphics')
    server.end()
    await vi.waitFor(() => expect(closeOf(socket).reason).toBe('console.refused'))
  })

  it.each([
    ['graphics', { state: 'paused', reason: 'starting-up' }, 'powering-up', 'console.starting'],
    ['serial', { state: 'paused', reason: 'starting-up' }, 'up', 'console.starting'],
    ['graphics', { state: 'shut-off', reason: 'unknown' }, 'powering-up', 'console.starting'],
    ['serial', { state: 'shut-off', reason: 'destroyed' }, 'up', 'console.vm-not-running'],
  ] as const)('(%s) touches nothing of a domain that is %o', async (kind, standing, status, expected) => {
    const touched: string[] = []
    const touch = (what: string) => () => {
      touched.push(what)
      return Promise.reject(new Error(what))
    }
    const { open } = makeConsoles({
      vm: makeVm({ status }),
      host: {
        fetchState: async () => standing,
        fetchDomainXml: touch('definition'),
        openSerial: touch('serial'),
        forwardSocket: touch('socket'),
        forwardTcp: touch('port'),
      },
    })
    const socket = await open(kind)
    await vi.waitFor(() => expect(closeOf(socket).reason).toBe(expected))
    expect(touched).toEqual([])
  })

  it('asks again whether the VM runs when the ticket is used', async () => {
    const { consoles, ticketFor, setVm } = makeConsoles()
    const ticket = await ticketFor('kim', 'graphics')
    setVm(makeVm({ status: 'down' }))
    const socket = new FakeSocket()
    consoles.attach(ticket, makeIdentity('kim'), socket)
    await vi.waitFor(() => expect(closeOf(socket).reason).toBe('console.vm-not-running'))
  })
})

describe('a serial console', () => {
  it('moves bytes both ways', async () => {
    const { server, open } = makeConsoles()
    const heard = listenTo(server)
    const socket = await open('serial')
    socket.type('ls\r')
    await vi.waitFor(() => expect(heard().toString()).toBe('ls\r'))
    server.write('bin\r\n')
    await vi.waitFor(() => expect(socket.received.toString()).toBe('bin\r\n'))
  })

  it('does not read the host while the window is behind', async () => {
    const { server, open } = makeConsoles()
    const socket = await open('serial')
    socket.writesAtOnce = false
    const chunk = Buffer.alloc(64 * 1024, 1)
    let accepted = 0
    const feed = () => {
      while (server.write(chunk)) accepted += chunk.length
      accepted += chunk.length
    }
    server.on('drain', feed)
    feed()
    await vi.waitFor(() => expect(socket.received.length).toBeGreaterThanOrEqual(1024 * 1024))
    const held = socket.received.length
    // Turns of the event loop in which a reader that is not held back would have gone on.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(socket.received.length).toBe(held)
    expect(accepted).toBeLessThan(4 * 1024 * 1024)
    socket.flush()
    await vi.waitFor(() => expect(socket.received.length).toBeGreaterThan(held))
    server.off('drain', feed)
    socket.leave()
  })

  it('does not read the window while the host is behind', async () => {
    const { server, open } = makeConsoles()
    const socket = await open('serial')
    await vi.waitFor(() => {
      if (!socket.paused) socket.type(Buffer.alloc(64 * 1024))
      expect(socket.paused).toBe(true)
    })
    server.resume()
    await vi.waitFor(() => expect(socket.paused).toBe(false))
    socket.leave()
  })

  it('waits for the host once, however many messages come after the window was asked to pause', async () => {
    const [ours, theirs] = duplexPair()
    const { open } = makeConsoles({ host: { openSerial: async () => ours } })
    const socket = await open('serial')
    await vi.waitFor(() => {
      if (!socket.paused) socket.type(Buffer.alloc(64 * 1024))
      expect(socket.paused).toBe(true)
    })
    const listeners = ours.listenerCount('drain')
    for (let count = 0; count < 20; count += 1) socket.type('x')
    expect(ours.listenerCount('drain')).toBe(listeners)
    theirs.resume()
    await vi.waitFor(() => expect(socket.paused).toBe(false))
    socket.leave()
  })

  it('says that somebody else has it', async () => {
    const busy = new AppError('libvirt.call-failed', {
      procedure: 'DOMAIN_OPEN_CONSOLE',
      libvirtCode: 9,
      libvirtDomain: 10,
      message: 'operation failed: Active console session exists for this domain',
      level: 2,
    })
    const { open } = makeConsoles({ host: { openSerial: () => Promise.reject(busy) } })
    const socket = await open('serial')
    await vi.waitFor(() => expect(closeOf(socket).reason).toBe('console.serial-busy'))
  })

  it('is handed the wish to take it by force', async () => {
    const seen: boolean[] = []
    const [ours] = duplexPair()
    const { consoles, ticketFor } = makeConsoles({
      host: {
        openSerial: async (_vmId, { force }) => {
          seen.push(force)
          return ours
        },
      },
    })
    const socket = new FakeSocket()
    consoles.attach(await ticketFor('kim', 'serial', true), makeIdentity('kim'), socket)
    await vi.waitFor(() => expect(seen).toEqual([true]))
    socket.leave()
  })
})

describe('whoever attaches', () => {
  it.each([
    ['with a ticket that never was', 'nonsense', makeIdentity('kim'), 'console.ticket-invalid'],
    ['without the permission', 'nonsense', makeIdentity('kim', []), 'command.forbidden'],
  ])('%s is refused', async (_title, ticket, identity, expected) => {
    const socket = new FakeSocket()
    makeConsoles().consoles.attach(ticket, identity, socket)
    await vi.waitFor(() => expect(closeOf(socket).reason).toBe(expected))
  })

  it('with another user’s ticket is refused, and does not spoil it', async () => {
    const { consoles, ticketFor } = makeConsoles()
    const ticket = await ticketFor('kim', 'serial')
    const stranger = new FakeSocket()
    consoles.attach(ticket, makeIdentity('lee'), stranger)
    await vi.waitFor(() => expect(closeOf(stranger).reason).toBe('console.ticket-invalid'))
    const owner = new FakeSocket()
    consoles.attach(ticket, makeIdentity('kim'), owner)
    await vi.waitFor(() => expect(consoles.sessions).toHaveLength(1))
    owner.leave()
  })

  it('too often is refused, without harm to others', async () => {
    const { consoles, open } = makeConsoles({ host: { openSerial: async () => duplexPair()[0] } })
    const sockets: FakeSocket[] = []
    for (let count = 0; count < CONSOLES_PER_USER_LIMIT; count += 1) sockets.push(await open('serial'))
    const refused = await open('serial')
    await vi.waitFor(() => expect(closeOf(refused).reason).toBe('console.too-many'))
    const other = await open('serial', 'lee')
    await vi.waitFor(() => expect(consoles.sessions).toHaveLength(CONSOLES_PER_USER_LIMIT + 1))
    expect(other.closedWith).toBeNull()
    for (const socket of [...sockets, other]) socket.leave()
    await vi.waitFor(() => expect(consoles.sessions).toEqual([]))
  })

  it('is told when the engine stops', async () => {
    const { consoles, open } = makeConsoles()
    const socket = await open('serial')
    await consoles.stop()
    expect(closeOf(socket)).toEqual({ code: CONSOLE_CLOSE_ERROR, reason: 'engine.stopping' })
    const late = new FakeSocket()
    consoles.attach('any', makeIdentity('kim'), late)
    await vi.waitFor(() => expect(closeOf(late).reason).toBe('engine.stopping'))
  })
})

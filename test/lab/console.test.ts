import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSerialPorts } from '../../src/main/xml/index.ts'
import { findLayout, LAYOUT_NAMES } from '../../src/renderer/features/console/keyboard-layout.ts'
import { altGr, shift, strokesOf } from '../../src/renderer/features/console/keysyms.ts'
import { CONSOLE_CLOSE_ENDED, decodeConsoleClose } from '../../src/shared/contract/index.ts'
import type { FakeSocket } from '../unit/main/console/fake-socket.ts'
import { knock, signIn } from '../unit/main/console/vnc-viewer.ts'
import { waitFor } from './command.ts'
import { type ConsoleBench, startConsoleBench } from './console-bench.ts'
import { guestXml } from './guest-xml.ts'
import { findKeysOfKeymap } from './keymap-display.ts'
import { type Lab, startLab } from './lab.ts'

const reasonOf = (socket: FakeSocket) => decodeConsoleClose(socket.closedWith?.reason ?? '')?.code

async function waitForClose(socket: FakeSocket): Promise<string | number> {
  const { code } = await waitFor('the console closes', () => socket.closedWith ?? undefined)
  return reasonOf(socket) ?? code
}

/** Speaks RFB as the window does: handshake, ClientInit, and gives the size of the screen that ServerInit tells. */
async function shakeHands(socket: FakeSocket): Promise<{ width: number; height: number }> {
  await waitFor('the greeting', () => socket.closedWith !== null || socket.received.length >= 12)
  socket.type('RFB 003.008\n')
  await waitFor('the security types', () => socket.closedWith !== null || socket.received.length >= 14)
  socket.type(Uint8Array.of(1))
  await waitFor('the result', () => socket.closedWith !== null || socket.received.length >= 18)
  socket.type(Uint8Array.of(1))
  const init = await waitFor('ServerInit', () => {
    if (socket.closedWith !== null) throw new Error(`closed: ${socket.closedWith.reason}`)
    const bytes = socket.received.subarray(18)
    return bytes.length >= 24 ? bytes : undefined
  })
  return { width: init.readUInt16BE(0), height: init.readUInt16BE(2) }
}

/** FramebufferUpdateRequest of the upper left corner, not incremental. */
const ASK_FOR_PICTURE = Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 16, 0, 16)

describe('consoles of a real host', () => {
  let lab: Lab
  let bench: ConsoleBench
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    bench = await startConsoleBench(lab.host)
  })
  afterAll(async () => {
    await bench?.stop()
    await lab?.stop()
  })

  const start = async (options: Parameters<typeof guestXml>[0]) => {
    await lab.host.resetVms()
    await lab.host.defineVm(guestXml(options))
    await lab.host.virsh(['start', options.name])
    await waitFor(`${options.name} is seen to run`, () =>
      [...bench.link.domains.values()].some(({ name, state }) => name === options.name && state === 'running'),
    )
  }

  const restartLibvirtd = async () => {
    await lab.host.terminateLibvirtd()
    await waitFor('the link is lost', () => !bench.link.isLive)
    await lab.host.startLibvirtd()
    await waitFor('the link is back', () => bench.link.isLive)
  }

  it('lets one viewer of this computer in by a password, and shuts the door behind it', async () => {
    await start({ name: 'viewed', boots: 'firmware', graphics: { kind: 'vnc-socket' } })
    const { port, password, file } = await bench.openViewer('viewed')
    expect(file).toContain(`port=${port}\npassword=${password}\ntitle=viewed\n`)
    const viewer = await knock(port)
    expect(await signIn(viewer, password)).toBe(0)
    viewer.socket.write(Uint8Array.of(1))
    const init = await viewer.take(24)
    expect([init.readUInt16BE(0), init.readUInt16BE(2)].every((size) => size > 0)).toBe(true)
    expect((await viewer.take(init.readUInt32BE(20))).toString()).toContain('viewed')
    expect(bench.connected()).toEqual(['kim'])
    await expect(knock(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    viewer.socket.destroy()
    await waitFor('nobody is connected', () => bench.connected().length === 0)
  })

  it('show the screen of a VM whose VNC listens on a unix socket', async () => {
    await start({ name: 'by-socket', boots: 'firmware' })
    const socket = await bench.open('by-socket', 'graphics')
    const { width, height } = await shakeHands(socket)
    expect(width).toBeGreaterThanOrEqual(640)
    expect(height).toBeGreaterThanOrEqual(400)
    const before = socket.received.length
    socket.type(ASK_FOR_PICTURE)
    await waitFor('a picture', () => socket.received.length >= before + 16 * 16 * 4)
    expect(bench.consoles.sessions).toHaveLength(1)
    socket.leave()
    await waitFor('it is counted out', () => bench.consoles.sessions.length === 0)
  })

  it('sign in to VNC on a TCP port with the password of the definition', async () => {
    await start({ name: 'by-tcp', boots: 'firmware', graphics: { kind: 'vnc-tcp', password: 'geheim77' } })
    const socket = await bench.open('by-tcp', 'graphics')
    expect((await shakeHands(socket)).width).toBeGreaterThanOrEqual(640)
    socket.leave()
  })

  it('reach a VNC server that listens on all addresses over loopback', async () => {
    await start({ name: 'wide', boots: 'firmware', graphics: { kind: 'vnc-tcp', listen: '0.0.0.0' } })
    const socket = await bench.open('wide', 'graphics')
    expect((await shakeHands(socket)).width).toBeGreaterThanOrEqual(640)
    socket.leave()
  })

  it('say that the password was changed by hand', async () => {
    await start({ name: 'changed', boots: 'firmware', graphics: { kind: 'vnc-tcp', password: 'first' } })
    await lab.host.virsh(['qemu-monitor-command', 'changed', '--hmp', 'set_password vnc second'])
    const socket = await bench.open('changed', 'graphics')
    expect(await waitForClose(socket)).toBe('console.password-refused')
    expect(socket.closedWith?.reason).not.toContain('first')
  })

  it('wait for a machine that is just starting, and never call its password wrong', async () => {
    await lab.host.resetVms()
    const name = 'starting'
    await lab.host.defineVm(guestXml({ name, boots: 'firmware', graphics: { kind: 'vnc-tcp', password: 'geheim77' } }))
    bench.showAsStarting(name)
    const answers = new Set<string | number>()
    // QEMU listens some milliseconds before libvirt has given it the password: tries that come thick hit that moment.
    for (let round = 0; round < 3; round += 1) {
      const started = lab.host.virsh(['start', name])
      await waitFor('the console opens', async () => {
        const socket = await bench.open(name, 'graphics')
        await waitFor('an answer', () => socket.closedWith !== null || socket.received.length >= 12)
        if (socket.closedWith !== null) answers.add(reasonOf(socket) ?? socket.closedWith.code)
        socket.leave()
        return socket.closedWith === null || reasonOf(socket) === 'console.password-refused'
      })
      await started
      await lab.host.virsh(['destroy', name])
    }
    expect([...answers].filter((answer) => answer !== 'console.starting')).toEqual([])
  })

  it('say that the definition has no password where the server wants one', async () => {
    // A password for the whole host stands in qemu.conf, and in no definition.
    await lab.host.exec('echo "vnc_password = \\"hostwide\\"" >> /etc/libvirt/qemu.conf')
    await restartLibvirtd()
    try {
      await start({ name: 'host-wide', boots: 'firmware', graphics: { kind: 'vnc-tcp' } })
      const socket = await bench.open('host-wide', 'graphics')
      expect(await waitForClose(socket)).toBe('console.password-unknown')
    } finally {
      await lab.host.exec("sed -i '/^vnc_password/d' /etc/libvirt/qemu.conf")
      await restartLibvirtd()
    }
  })

  it('end in order when the VM is destroyed next door', async () => {
    await start({ name: 'doomed', boots: 'firmware' })
    const socket = await bench.open('doomed', 'graphics')
    await shakeHands(socket)
    await lab.host.virsh(['destroy', 'doomed'])
    expect(await waitForClose(socket)).toBe(CONSOLE_CLOSE_ENDED)
    expect(bench.consoles.sessions).toEqual([])
  })

  it('carry the guest’s shell on its serial port', async () => {
    await start({ name: 'shell' })
    const socket = await bench.open('shell', 'serial')
    await waitFor('it is open', () => socket.sent.length > 0)
    const says = (text: string) => waitFor(`the guest says ${text}`, () => socket.received.includes(text), 60_000)
    // What the guest said before the console was opened is gone: ask until the shell answers.
    await waitFor(
      'the shell answers',
      () => {
        socket.type('\n')
        return socket.received.includes('# ')
      },
      60_000,
      500,
    )
    socket.type('echo $((6*7))-done\n')
    await says('42-done')
    socket.type('busybox seq 1 2000; echo all-$((40+2))\n')
    await says('all-42')
    expect(socket.received.includes('\r\n1999\r\n2000\r\n')).toBe(true)
    socket.leave()
    await waitFor('it is counted out', () => bench.consoles.sessions.length === 0)
  })

  it('open the first serial port that can be opened, or the one of a name', async () => {
    await start({
      name: 'two-ports',
      shellPort: 'second',
      devices: "<console type='pty'><target type='virtio'/></console>",
    })
    const socket = await bench.open('two-ports', 'serial')
    await waitFor('it is open', () => socket.closedWith !== null || socket.sent.length > 0)
    await waitFor(
      'the shell on the second port answers',
      () => {
        if (socket.closedWith !== null) throw new Error(`closed: ${socket.closedWith.reason}`)
        socket.type('echo $((6*7))-second\n')
        return socket.received.includes('42-second')
      },
      60_000,
      500,
    )
    // hvc0 is the console beside the serial ports, by the name that libvirt gives it
    const hvc = await bench.open('two-ports', 'serial', { port: 'console1' })
    await waitFor('it is open', () => hvc.closedWith !== null || hvc.sent.length > 0)
    socket.type('echo $((6*7))-hvc > /dev/hvc0\n')
    await waitFor('it carries what the guest writes there', () => hvc.received.includes('42-hvc'))
    expect(await waitForClose(await bench.open('two-ports', 'serial', { port: 'serial0' }))).toBe(
      'console.port-unsupported',
    )
    expect(await waitForClose(await bench.open('two-ports', 'serial', { port: 'serial7' }))).toBe(
      'console.port-not-found',
    )
    // Before it runs, ports have the names that libvirt is going to give them.
    const [running, defined] = await Promise.all(
      [
        ['dumpxml', 'two-ports'],
        ['dumpxml', '--inactive', 'two-ports'],
      ].map(async (args) => parseSerialPorts((await lab.host.virsh(args)).stdout)),
    )
    expect(running?.map(({ alias }) => alias)).toEqual(['serial0', 'serial1', 'console1'])
    expect(defined).toEqual(running)
    socket.leave()
    hvc.leave()
  })

  it('say that somebody else has the serial port, and take it when told to', async () => {
    await start({ name: 'shared', boots: 'firmware' })
    const first = await bench.open('shared', 'serial')
    await waitFor('it is open', () => first.sent.length > 0)
    const second = await bench.open('shared', 'serial')
    expect(await waitForClose(second)).toBe('console.serial-busy')
    expect(first.closedWith).toBeNull()
    const third = await bench.open('shared', 'serial', { force: true })
    await waitFor('it is open', () => third.sent.length > 0)
    expect(await waitForClose(first)).toBe(CONSOLE_CLOSE_ENDED)
    third.leave()
    // The port is free again once the stream of the one who left has ended on the host.
    await waitFor('the port is free', async () => {
      const again = await bench.open('shared', 'serial')
      await waitFor('an answer', () => again.sent.length > 0 || again.closedWith !== null)
      const free = again.closedWith === null
      again.leave()
      return free
    })
  })

  it('end when sshd dies, and can be opened again when it is back', async () => {
    await start({ name: 'cut-off', boots: 'firmware' })
    const screen = await bench.open('cut-off', 'graphics')
    await shakeHands(screen)
    const serial = await bench.open('cut-off', 'serial')
    await waitFor('the serial port is open', () => serial.sent.length > 0)
    await lab.host.killSshd()
    await waitForClose(screen)
    await waitForClose(serial)
    expect(bench.consoles.sessions).toEqual([])
    await lab.host.startSshd()
    bench.link.nudge()
    await waitFor('the link is back', () => bench.link.isLive, 60_000)
    const again = await bench.open('cut-off', 'graphics')
    expect((await shakeHands(again)).width).toBeGreaterThanOrEqual(640)
    again.leave()
  })

  it('say what lacks when a user may not enter the folder of libvirt’s socket', async () => {
    await start({ name: 'private', boots: 'firmware' })
    const admin = lab.host.users.find(({ name }) => name === 'admin')
    if (admin === undefined) throw new Error('the lab has no user admin')
    const other = await startConsoleBench(lab.host, admin)
    try {
      const socket = await other.open('private', 'graphics')
      expect(await waitForClose(socket)).toBe('console.socket-permission')
    } finally {
      await other.stop()
    }
  })
})

describe('the keyboard layouts', () => {
  it('are those that QEMU knows, and each key is pressed and released where the table says', async () => {
    const known = await readdir('/usr/share/qemu/keymaps')
    expect([...LAYOUT_NAMES].sort()).toEqual(known.sort())
    for (const name of LAYOUT_NAMES) {
      const keys = (findLayout(name)?.keys ?? []).filter(({ handle }) => handle !== null)
      const strokes = keys.flatMap(({ code, handle, ...key }) =>
        strokesOf([
          ...(key.shift ? [shift] : []),
          ...(key.altGr ? [altGr] : []),
          { keysym: handle?.press ?? 0, releaseKeysym: handle?.release ?? 0, code },
        ]),
      )
      const found = await findKeysOfKeymap(name, strokes)
      const scancodes = new Map(keys.map(({ code, scancode }) => [code, scancode]))
      const expected = strokes.map(({ keysym, code, down }) => {
        const ofModifier = code === shift.code ? 0x2a : code === altGr.code ? 0xb8 : undefined
        return { down, keysym, scancode: ofModifier ?? scancodes.get(code) }
      })
      expect({ name, found }).toEqual({ name, found: expected })
    }
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from './command.ts'

/** What QEMU makes of a keysym: the scan code that it gives the guest (set 1), 0 for none. */
interface FoundKey {
  readonly keysym: number
  readonly scancode: number
  readonly down: boolean
}

const SECURITY_NONE = 1
const SERVER_INIT_BYTES = 24
/** Escape, which is on its own key in every keymap: once it is found, everything before it has been. */
const LAST = 0xff1b

/** Asks a real QEMU whose display has this keymap for the keys that it finds, by its own trace. No guest runs in it. */
export async function findKeysOfKeymap(
  keymap: string,
  strokes: readonly { readonly keysym: number; readonly down: boolean }[],
): Promise<readonly FoundKey[]> {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-keymap-'))
  const path = join(folder, 'vnc')
  const devices = ['-nodefaults', '-device', 'VGA', '-vnc', `unix:${path}`, '-k', keymap]
  const traces = ['-trace', 'vnc_key_event_map', '-trace', 'vnc_key_sync_capslock']
  const qemu = spawn('qemu-system-x86_64', ['-S', '-m', '16', '-display', 'none', ...devices, ...traces], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(qemu, 'exit')
  let trace = ''
  qemu.stderr.on('data', (chunk: Buffer) => {
    trace += chunk.toString('latin1')
  })
  const sockets: Socket[] = []
  try {
    const socket = await waitFor(`the display of ${keymap}`, async () => {
      const attempt = connect(path)
      sockets.push(attempt)
      await once(attempt, 'connect')
      return attempt
    })
    await shakeHands(socket)
    for (const { keysym, down } of [...strokes, { keysym: LAST, down: true }]) socket.write(keyEvent(keysym, down))
    await waitFor(`the last key in ${keymap}`, () => trace.includes(`sym 0x${LAST.toString(16)} `))
    if (trace.includes('sync_capslock')) throw new Error(`QEMU pressed Caps Lock by itself with the keymap ${keymap}`)
    const lines = trace.matchAll(/vnc_key_event_map down (\d), sym (0x[0-9a-f]+) -> keycode (0x[0-9a-f]+)/g)
    return [...lines]
      .map(([, down, keysym, scancode]) => ({ down: down === '1', keysym: Number(keysym), scancode: Number(scancode) }))
      .filter(({ keysym }) => keysym !== LAST)
  } finally {
    for (const socket of sockets) socket.destroy()
    qemu.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}

async function shakeHands(socket: Socket): Promise<void> {
  let received = 0
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  const heard = (bytes: number) => waitFor('the display answers', () => received >= bytes)
  await heard(12)
  socket.write('RFB 003.008\n')
  await heard(12 + 2)
  socket.write(Uint8Array.of(SECURITY_NONE))
  await heard(12 + 2 + 4)
  socket.write(Uint8Array.of(1))
  await heard(12 + 2 + 4 + SERVER_INIT_BYTES)
}

/** KeyEvent (RFC 6143, 7.5.4). */
function keyEvent(keysym: number, down: boolean): Buffer {
  const message = Buffer.alloc(8)
  message[0] = 4
  message[1] = down ? 1 : 0
  message.writeUInt32BE(keysym, 4)
  return message
}

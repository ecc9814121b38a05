import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { LocalViewers, VIEWER_PATIENCE_MS } from '../../../../src/main/console/local-viewers.ts'
import type { SocketEnd } from '../../../../src/main/console/socket-end.ts'
import { silentLog } from '../../../../src/main/engine/index.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { knock, signIn } from './vnc-viewer.ts'

const clock = new ManualClock()
const viewers = new LocalViewers({ clock, log: silentLog })
afterEach(() => viewers.stop())

const isShut = (port: number) =>
  knock(port).then(
    ({ socket }) => {
      socket.destroy()
      return false
    },
    () => true,
  )

test('one viewer comes in by its password; then the door is shut', async () => {
  const entered = Promise.withResolvers<SocketEnd>()
  const { port, password, expiresAt } = await viewers.open('web', entered.resolve)
  expect(password).toMatch(/^[A-Za-z2-9]{8}$/)
  expect(expiresAt).toBe(clock.now() + VIEWER_PATIENCE_MS)
  const viewer = await knock(port)
  expect(await signIn(viewer, password)).toBe(0)
  const end = await entered.promise
  end.send(Buffer.from('picture'))
  expect((await viewer.take(7)).toString()).toBe('picture')
  expect(await isShut(port)).toBe(true)
  end.close(0, '')
  await once(viewer.socket, 'close')
})

test('another password is told so, and after some tries nobody comes in', async () => {
  const { port } = await viewers.open('web', () => expect.unreachable())
  for (let tries = 0; tries < 3; tries += 1) {
    const viewer = await knock(port)
    expect(await signIn(viewer, 'guessed!')).toBe(1)
    viewer.socket.destroy()
  }
  expect(await isShut(port)).toBe(true)
})

test('a door for which nobody comes is shut, and who stands in it is sent away', async () => {
  const { port } = await viewers.open('web', () => expect.unreachable())
  const viewer = await knock(port)
  await viewer.take(12)
  const closed = once(viewer.socket, 'close')
  clock.advance(VIEWER_PATIENCE_MS)
  await closed
  expect(await isShut(port)).toBe(true)
})

test('so many doors wait at once, and no more', async () => {
  for (let doors = 0; doors < 16; doors += 1) await viewers.open('web', () => undefined)
  await expect(viewers.open('web', () => undefined)).rejects.toMatchObject({ code: 'console.too-many' })
})

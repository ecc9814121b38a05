import type { MessagePortMain } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { createPortByteSocket } from '../../../../../src/main/shell/electron/byte-port.ts'
import { MessageChannelMain } from '../../../../electron/stand-in/ports.ts'

function makeSocket() {
  const { port1, port2 } = new MessageChannelMain()
  const atPage: { t: string; data?: Uint8Array; code?: number; reason?: string }[] = []
  port2.on('message', ({ data }) => atPage.push(data))
  port2.start()
  const socket = createPortByteSocket(port1 as unknown as MessagePortMain)
  const heard: string[] = []
  const closed = vi.fn()
  socket.onClose(closed)
  socket.onMessage((data) => heard.push(Buffer.from(data).toString('latin1')))
  const type = (text: string) => port2.postMessage({ t: 'data', data: Buffer.from(text, 'latin1') })
  return { socket, atPage, heard, closed, type, page: port2 }
}

const bytes = (length: number) => new Uint8Array(length)

describe('a console over a MessagePort', () => {
  it('counts bytes as written when the page has taken them', () => {
    const { socket, page } = makeSocket()
    const written: number[] = []
    socket.send(bytes(10), () => written.push(1))
    socket.send(bytes(5), () => written.push(2))
    expect(written).toEqual([])
    page.postMessage({ t: 'ack', bytes: 4 })
    expect(written).toEqual([])
    page.postMessage({ t: 'ack', bytes: 8 })
    expect(written).toEqual([1])
    page.postMessage({ t: 'ack', bytes: 3 })
    expect(written).toEqual([1, 2])
    page.postMessage({ t: 'ack', bytes: 1_000 })
    expect(written).toEqual([1, 2])
  })

  it('sends an empty message without waiting for anything', () => {
    const { socket, atPage } = makeSocket()
    const written = vi.fn()
    socket.send(bytes(0), written)
    expect(written).toHaveBeenCalledOnce()
    expect(atPage).toHaveLength(1)
  })

  it('keeps what the window sends while the host is behind, in order', () => {
    const { socket, heard, type } = makeSocket()
    type('a')
    socket.pause()
    type('b')
    type('c')
    expect(heard).toEqual(['a'])
    socket.resume()
    expect(heard).toEqual(['a', 'b', 'c'])
  })

  it('stops giving out what it kept when the host is behind again', () => {
    const { socket, type, heard } = makeSocket()
    socket.pause()
    type('a')
    type('b')
    socket.onMessage((data) => {
      heard.push(Buffer.from(data).toString())
      socket.pause()
    })
    socket.resume()
    expect(heard).toEqual(['a'])
    socket.resume()
    expect(heard).toEqual(['a', 'b'])
  })

  it('cuts a window off that goes on sending', () => {
    const { socket, closed, page } = makeSocket()
    socket.pause()
    for (let count = 0; count < 3; count += 1) page.postMessage({ t: 'data', data: bytes(512 * 1024) })
    expect(closed).toHaveBeenCalledOnce()
  })

  it.each([
    ['no message', 'hello'],
    ['a kind that is not known', { t: 'other' }],
    ['text for bytes', { t: 'data', data: 'abc' }],
    ['a negative count', { t: 'ack', bytes: -1 }],
  ])('cuts a window off that sends %s', (_title, message) => {
    const { closed, page } = makeSocket()
    page.postMessage(message)
    expect(closed).toHaveBeenCalledOnce()
  })

  it('hands over code and reason when it is closed, once', () => {
    const { socket, atPage, closed } = makeSocket()
    socket.close(4_000, 'why')
    socket.close(4_001, 'again')
    socket.send(bytes(1), () => undefined)
    expect(atPage).toEqual([{ t: 'close', code: 4_000, reason: 'why' }])
    expect(closed).toHaveBeenCalledOnce()
  })

  it('takes nothing more from a window once it is closed', () => {
    const { socket, heard, type } = makeSocket()
    socket.close(4_000, 'why')
    type('late')
    expect(heard).toEqual([])
  })

  it('notices that the window has gone', async () => {
    const { page, closed } = makeSocket()
    page.close()
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce())
  })
})

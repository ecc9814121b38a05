import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { createSocketPort } from '../../../../src/main/shell/server/socket-port.ts'

/** A socket whose peer does not answer the close frame: it goes on sending. */
function createDeafSocket() {
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    closes: 0,
    close: () => {
      socket.readyState = 2
      socket.closes += 1
    },
    terminate: () => undefined,
  })
  return socket
}

describe('a connection that was refused', () => {
  it('hands over nothing that comes after it, however much that is', () => {
    const socket = createDeafSocket()
    const port = createSocketPort(socket as unknown as WebSocket)
    const heard: unknown[] = []
    port.onMessage((message) => heard.push(message))
    socket.emit('message', Buffer.from('{"t":"ping","id":1}'), false)
    socket.emit('message', Buffer.from('{'), false)
    for (let count = 0; count < 50; count += 1) {
      socket.emit('message', Buffer.from('{"t":"call","id":2,"command":"vm.poweroff"}'), false)
      socket.emit('message', Buffer.from('{'), false)
    }
    expect(heard).toEqual([{ t: 'ping', id: 1 }])
    expect(socket.closes).toBe(1)
    expect(socket.listenerCount('close')).toBe(1)
    socket.emit('close')
  })
})

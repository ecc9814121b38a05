import type { Socket } from 'node:net'
import type { ByteSocket } from '../engine/index.ts'

/** A connection of a program of this computer, as the window's end of a console. Codes and reasons of its end have no place in it. */
export function createTcpByteSocket(socket: Socket): ByteSocket {
  socket.setNoDelay(true)
  // Whatever went wrong, it closes; that is what is heard.
  socket.on('error', () => socket.destroy())
  return {
    send: (data, written) => {
      if (socket.writable) socket.write(data, () => written())
      else written()
    },
    close: () => socket.end(() => socket.destroy()),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    onMessage: (listener) => void socket.on('data', (data: Buffer) => listener(data)),
    onClose: (listener) => void socket.once('close', listener),
  }
}

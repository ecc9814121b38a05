import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { answerVncChallenge } from '../../../../src/main/console/rfb/vnc-authentication.ts'

/** A VNC viewer of this computer, as far as its handshake. */
export interface Viewer {
  readonly socket: Socket
  /** Exactly so many bytes, once they came. */
  take(length: number): Promise<Buffer>
}

/** Connects to a loopback port. */
export async function knock(port: number): Promise<Viewer> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  let read = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    read = Buffer.concat([read, chunk])
  })
  return {
    socket,
    take: async (length) => {
      while (read.length < length) await once(socket, 'data')
      const taken = read.subarray(0, length)
      read = read.subarray(length)
      return taken
    },
  }
}

/** Speaks RFB 3.8 with a password; gives the server's result: 0 is good. */
export async function signIn({ socket, take }: Viewer, password: string): Promise<number> {
  await take(12)
  socket.write('RFB 003.008\n')
  const types = await take(2)
  if (types[0] !== 1 || types[1] !== 2) throw new Error(`offered: ${types.toString('hex')}`)
  socket.write(Uint8Array.of(2))
  socket.write(answerVncChallenge(password, await take(16)))
  return (await take(4)).readUInt32BE()
}

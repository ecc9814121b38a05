import { randomBytes, randomInt } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import { greetViewer } from './handshake.ts'
import { VIEWER_REFUSAL } from './rfb/viewer-handshake.ts'
import { SocketEnd } from './socket-end.ts'
import { createTcpByteSocket } from './tcp-byte-socket.ts'

/** How long a viewer has to come. */
export const VIEWER_PATIENCE_MS = 60_000
/** Doors that wait for their viewers at once. */
const DOORS_LIMIT = 16
/** Tries at a password, after which its door is shut. */
const TRIES_LIMIT = 3
const CHALLENGE_BYTES = 16
/** VNC takes eight characters of a password. These cannot be taken for one another. */
const PASSWORD_LENGTH = 8
const LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** Where one viewer is let in. */
export interface ViewerDoor {
  readonly port: number
  readonly password: string
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly expiresAt: number
}

export interface LocalViewersOptions {
  readonly clock: Pick<Clock, 'now' | 'after'>
  readonly log: Log
}

/**
 * Doors for viewers of this computer: each listens on a loopback port, lets one viewer in by a password of its own, and is shut when that one
 * is in, when nobody came, or when others tried.
 */
export class LocalViewers {
  readonly #options: LocalViewersOptions
  readonly #doors = new Map<Server, () => void>()

  constructor(options: LocalViewersOptions) {
    this.#options = options
  }

  /** `enter` is given the viewer that was let in, behind its handshake. `name`: the VM's. Errors: console.too-many, and those of listening. */
  async open(name: string, enter: (end: SocketEnd) => void): Promise<ViewerDoor> {
    if (this.#doors.size >= DOORS_LIMIT) throw new AppError('console.too-many', { limit: DOORS_LIMIT })
    const { clock, log } = this.#options
    const password = Array.from({ length: PASSWORD_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
    const trying = new Set<Socket>()
    let tries = 0
    const server = createServer((socket) => {
      tries += 1
      if (tries >= TRIES_LIMIT) server.close()
      trying.add(socket)
      socket.once('close', () => trying.delete(socket))
      void letIn(socket)
    })
    const letIn = async (socket: Socket) => {
      const end = new SocketEnd(createTcpByteSocket(socket))
      try {
        const challenge = randomBytes(CHALLENGE_BYTES)
        await greetViewer(end, { name, password, challenge, signal: end.closed })
        trying.delete(socket)
        shut()
        enter(end)
      } catch (error) {
        if (isAppError(error, 'console.viewer-refused')) end.send(VIEWER_REFUSAL)
        log.warn({ err: error, name }, 'a viewer was not let in')
        end.close(0, '')
      }
    }
    const shut = () => {
      cancel()
      this.#doors.delete(server)
      server.close()
      for (const socket of trying) socket.destroy()
    }
    const cancel = clock.after(VIEWER_PATIENCE_MS, shut)
    this.#doors.set(server, shut)
    try {
      const port = await listen(server)
      return { port, password, expiresAt: clock.now() + VIEWER_PATIENCE_MS }
    } catch (error) {
      shut()
      throw error
    }
  }

  stop(): void {
    for (const shut of this.#doors.values()) shut()
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port was given'))
      else resolve(address.port)
    })
  })
}

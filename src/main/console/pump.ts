import type { Duplex } from 'node:stream'
import type { SocketEnd } from './socket-end.ts'

/**
 * Moves bytes both ways until one side ends, with back-pressure both ways. Resolves when it is over: null after an orderly
 * end, or the error of the host's end. The host's end is destroyed then; the window's is left to the caller to close.
 */
export function pump(
  end: SocketEnd,
  upstream: Duplex,
  /** Takes a message of the window and gives what of it is for the host. Default: all of it. */
  receive: (data: Uint8Array) => Uint8Array = (data) => data,
): Promise<Error | null> {
  return new Promise((resolve) => {
    let failure: Error | null = upstream.errored
    const finish = () => {
      end.closed.removeEventListener('abort', finish)
      upstream.off('data', forward)
      upstream.destroy()
      resolve(failure)
    }
    const forward = (chunk: Buffer) => {
      if (!end.send(chunk)) upstream.pause()
    }
    upstream.on('error', (error) => {
      failure ??= error
      finish()
    })
    upstream.on('end', finish)
    upstream.on('close', finish)
    end.closed.addEventListener('abort', finish)
    if (upstream.destroyed || upstream.readableEnded || end.closed.aborted) {
      finish()
      return
    }
    end.onDrain(() => upstream.resume())
    upstream.on('drain', () => end.resume())
    end.deliverTo((data) => {
      const bytes = receive(data)
      if (bytes.length > 0 && upstream.writable && !upstream.write(bytes)) end.pause()
    })
    upstream.on('data', forward)
    // It may come paused from a handshake.
    upstream.resume()
  })
}

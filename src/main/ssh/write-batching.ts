import type { Duplex } from 'node:stream'

/**
 * Joins the writes of one turn of the event loop into one system call. ssh2 writes each packet in three pieces (length,
 * body, tag); without Nagle's delay each would be a system call and a TCP segment of its own.
 */
export function batchWrites(socket: Duplex): void {
  let corked = false
  const uncork = (): void => {
    corked = false
    socket.uncork()
  }
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (...args: unknown[]): boolean => {
    if (!corked) {
      corked = true
      socket.cork()
      process.nextTick(uncork)
    }
    return write(...args)
  }
}

import { MessagePortMain } from './ports.ts'

/** What is said to another process about the ports that it has. They are named by numbers. */
export type PortMessage =
  | { readonly t: 'port'; readonly port: number; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly t: 'port-closed'; readonly port: number }

/**
 * The ports that another process has: their other ends here, by the numbers that both sides use. Each side counts its own way,
 * so that no number is given twice.
 */
export class RemotePorts {
  readonly #tell: (message: PortMessage) => void
  readonly #step: 1 | -1
  readonly #ends = new Map<number, MessagePortMain>()
  #next: number

  constructor(tell: (message: PortMessage) => void, step: 1 | -1) {
    this.#tell = tell
    this.#step = step
    this.#next = step
  }

  /** Gives ports to the other process. Returns their numbers, to be told with the message that they belong to. */
  give(ports: readonly MessagePortMain[]): { readonly ids: readonly number[]; deliver(): void } {
    const named = ports.map((port) => {
      const id = this.#next
      this.#next += this.#step
      return { id, port }
    })
    return {
      ids: named.map(({ id }) => id),
      // After that message: what was said on a port before it was given away follows it.
      deliver: () => {
        for (const { id, port } of named) this.#ends.set(id, port.giveTo(this.#endOf(id)))
      },
    }
  }

  /** Ports that the other process has given to this one. */
  take(ids: readonly number[]): MessagePortMain[] {
    return ids.map((id) => {
      const port = MessagePortMain.ofRemote(this.#endOf(id))
      this.#ends.set(id, port)
      return port
    })
  }

  hear(message: PortMessage): void {
    const end = this.#ends.get(message.port)
    if (message.t === 'port') end?.receive(message.data, this.take(message.ports))
    else {
      this.#ends.delete(message.port)
      end?.closedByPeer()
    }
  }

  /** The other process is gone. */
  closeAll(): void {
    for (const end of this.#ends.values()) end.closedByPeer()
    this.#ends.clear()
  }

  #endOf(id: number) {
    return {
      deliver: (data: unknown, ports: readonly MessagePortMain[]) => {
        const given = this.give(ports)
        this.#tell({ t: 'port', port: id, data, ports: given.ids })
        given.deliver()
      },
      close: () => this.#tell({ t: 'port-closed', port: id }),
    }
  }
}

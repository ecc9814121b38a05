import { EventEmitter } from 'node:events'
import type { MessageEvent, ParentPort as RealParentPort } from 'electron'
import { RemotePorts } from './remote-ports.ts'
import type { UtilityMessage } from './utility-process.ts'

/*
 * `node --import` this before the built engine: it then has Electron's `process.parentPort`, over the IPC of Node's child
 * process.
 */

/** Chromium ends such a process when the browser's is gone; here it has as long to end in order. */
const ORPHAN_LIMIT_MS = 20_000

const tell = (message: UtilityMessage) => {
  if (process.connected) process.send?.(message)
}
const ports = new RemotePorts(tell, -1)

class ParentPort extends EventEmitter implements Pick<RealParentPort, 'postMessage'> {
  readonly #waiting: MessageEvent[] = []

  constructor() {
    super()
    this.on('newListener', (name) => {
      if (name === 'message') setImmediate(() => this.#flush())
    })
  }

  postMessage(data: unknown): void {
    tell({ t: 'message', data, ports: [] })
  }

  receive(event: MessageEvent): void {
    this.#waiting.push(event)
    this.#flush()
  }

  /** Messages wait for the first who listens. */
  #flush(): void {
    while (this.listenerCount('message') > 0) {
      const event = this.#waiting.shift()
      if (event === undefined) return
      this.emit('message', event)
    }
  }
}

const parentPort = new ParentPort()
Object.defineProperty(process, 'parentPort', { value: parentPort })
process.on('message', (message: UtilityMessage) => {
  if (message.t !== 'message') ports.hear(message)
  else parentPort.receive({ data: message.data, ports: ports.take(message.ports) } as unknown as MessageEvent)
})
process.once('disconnect', () => {
  ports.closeAll()
  setTimeout(() => process.exit(1), ORPHAN_LIMIT_MS).unref()
})

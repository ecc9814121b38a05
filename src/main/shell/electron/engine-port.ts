import type { MessagePortMain } from 'electron'
import type { ServerPort } from '../../engine/index.ts'

/** The contract's frames over a MessagePort: structured clones, no text in between. */
export function createEnginePort(port: MessagePortMain): ServerPort {
  return {
    send: (frame) => port.postMessage(frame),
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data))
      port.start()
    },
    onClose: (listener) => {
      port.once('close', listener)
    },
    // A MessagePort says no reason; the page just finds its connection gone and asks for another.
    close: () => port.close(),
  }
}

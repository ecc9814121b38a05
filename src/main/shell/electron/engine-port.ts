import type { MessagePortMain } from 'electron'
import { type ServerPort, writeFrame } from '../../engine/index.ts'

/**
 * The contract's frames over a MessagePort. To the page they go as text in pieces, as over a WebSocket: what all windows get is
 * written once, where a structured clone would walk through each machine for each window. What the page sends are clones.
 */
export function createEnginePort(port: MessagePortMain): ServerPort {
  return {
    send: (frame) => port.postMessage(writeFrame(frame)),
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

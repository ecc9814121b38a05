import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openConsoleChannel } from '../../../../src/renderer/stores/console-channel.ts'

describe('a console over Electron’s port', () => {
  let asked: MessagePort | null = null

  beforeEach(() => {
    vi.stubGlobal('navigator', { userAgent: 'Electron/45' })
  })
  afterEach(() => {
    asked?.close()
    vi.unstubAllGlobals()
  })

  it('takes bytes from the engine’s account only when who shows them is done with them', async () => {
    const socket = openConsoleChannel('/console/1', (_path, port) => {
      asked = port
    }).attach()
    const shown = Promise.withResolvers<void>()
    const came = Promise.withResolvers<number>()
    socket.onmessage = ({ data }) => {
      came.resolve(data.byteLength)
      return shown.promise
    }
    const answers: unknown[] = []
    const answered = Promise.withResolvers<void>()
    const engine = asked as MessagePort | null
    if (engine === null) throw new Error('no port was handed over')
    engine.onmessage = ({ data }) => {
      answers.push(data)
      if (data.t === 'ack') answered.resolve()
    }
    engine.postMessage({ t: 'data', data: new Uint8Array(5) })
    expect(await came.promise).toBe(5)
    // What is sent after it arrives before an acknowledgement that is still to come.
    socket.send(new Uint8Array([1]))
    shown.resolve()
    await answered.promise
    expect(answers).toEqual([
      { t: 'data', data: new Uint8Array([1]) },
      { t: 'ack', bytes: 5 },
    ])
    socket.close()
  })
})

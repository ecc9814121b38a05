import type { MessagePortMain } from 'electron'
import { expect, it } from 'vitest'
import { serveClient, silentLog } from '../../../../../src/main/engine/index.ts'
import { createEnginePort } from '../../../../../src/main/shell/electron/engine-port.ts'
import { MessageChannelMain } from '../../../../electron/stand-in/ports.ts'
import { inventHost, inventVm } from '../../../renderer/invented.ts'
import { createIdentity, createTestEngine } from '../../engine/test-engine.ts'

/** A window's port, with what was posted to it before anything copied it. */
function openWindow(engine: Parameters<typeof serveClient>[0]) {
  const { port1, port2 } = new MessageChannelMain()
  const posted: (readonly unknown[])[] = []
  const post = port1.postMessage.bind(port1)
  port1.postMessage = (message) => {
    posted.push(message as readonly unknown[])
    post(message)
  }
  serveClient(engine, createIdentity(), createEnginePort(port1 as unknown as MessagePortMain), silentLog)
  port2.postMessage({ t: 'subscribe', id: 7, topic: 'vms' })
  const bytes = () => posted.at(-1)?.find((piece) => piece instanceof Uint8Array)
  return { posted, bytes }
}

it('windows get the same bytes of a snapshot and of a patch, made once; no window has an object walked through', async () => {
  const { engine, topics } = await createTestEngine()
  const host = inventHost(1)
  topics.collection('vms').replaceAll([inventVm(1, host.id), inventVm(2, host.id)])
  const windows = [openWindow(engine), openWindow(engine), openWindow(engine)]
  const [snapshot, ...others] = windows.map(({ bytes }) => bytes())
  expect(snapshot).toBeInstanceOf(Uint8Array)
  for (const other of others) expect(other).toBe(snapshot)
  topics.collection('vms').upsert({ ...inventVm(2, host.id), title: 'changed' })
  topics.flush()
  const [patch, ...others2] = windows.map(({ bytes }) => bytes())
  expect(String(patch)).toContain('"title":"changed"')
  for (const other of others2) expect(other).toBe(patch)
  for (const piece of windows.flatMap(({ posted }) => posted.flat())) {
    if (typeof piece === 'string') continue
    if (!(piece instanceof Uint8Array)) throw new Error('a frame has other than text and bytes')
    // A clone takes the whole memory behind a view.
    expect(piece.byteLength).toBe(piece.buffer.byteLength)
  }
})

import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { serveClient, silentLog } from '../../../../src/main/engine/index.ts'
import { createContractClient } from '../../../../src/shared/contract/index.ts'
import { createIdentity, createTestEngine } from './test-engine.ts'

function listen(port: MessagePort) {
  return {
    send: (frame: unknown) => port.postMessage(frame),
    onMessage: (listener: (frame: unknown) => void) => port.on('message', listener),
    onClose: (listener: (reason: string) => void) => port.on('close', () => listener('port closed')),
    close: () => port.close(),
  }
}

it('a client and the engine understand each other over a MessagePort, and after a lost one too', async () => {
  const { engine } = await createTestEngine()
  const serverSides: MessagePort[] = []
  const client = createContractClient({
    connect: async () => {
      const { port1, port2 } = new MessageChannel()
      serverSides.push(port1)
      serveClient(engine, createIdentity(), listen(port1), silentLog)
      return listen(port2)
    },
    retryDelayMs: { first: 1, longest: 1 },
  })
  const seen: number[] = []
  client.subscribe(
    { topic: 'settings' },
    {
      snapshot: (entities) => seen.push(entities[0]?.auditDays ?? -1),
      patch: (upsert) => seen.push(upsert[0]?.auditDays ?? -1),
      closed: () => seen.push(-2),
    },
  )
  try {
    await client.ready()
    expect(await client.canRun([{ command: 'settings.set', input: { auditDays: 0 } }])).toMatchObject([
      { code: 'command.input-invalid' },
    ])
    expect(await client.call('settings.set', { auditDays: 9 })).toMatchObject({ ok: true, value: { auditDays: 9 } })
    expect(seen).toEqual([180, 9])
    const lost = new Promise<void>((resolve) => {
      client.onStatus((status) => status === 'lost' && resolve())
    })
    serverSides[0]?.close()
    await lost
    await client.ready()
    expect(await client.call('settings.set', { auditDays: 10 })).toMatchObject({ ok: true })
    expect(seen).toEqual([180, 9, 9, 10])
  } finally {
    client.close()
  }
})

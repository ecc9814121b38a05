import { describe, expect, it } from 'vitest'
import { type ServerPort, serveClient, silentLog, writeFrame } from '../../../../src/main/engine/index.ts'
import type { ServerFrame } from '../../../../src/shared/contract/index.ts'
import { inventHost, inventVm } from '../../renderer/invented.ts'
import { createIdentity, createTestEngine } from './test-engine.ts'

/** Clients of one engine whose frames are written as a socket's are, with what was stringified for them. */
async function createTextClients(count: number) {
  const made = await createTestEngine()
  const written: unknown[] = []
  const clients = Array.from({ length: count }, () => {
    const texts: string[] = []
    let receive: (frame: unknown) => void = () => undefined
    const port: ServerPort = {
      send: (frame) =>
        texts.push(
          writeFrame(frame, (value) => {
            written.push(value)
            return JSON.stringify(value)
          }).join(''),
        ),
      onMessage: (listener) => {
        receive = listener
      },
      onClose: () => undefined,
      close: () => undefined,
    }
    serveClient(made.engine, createIdentity(), port, silentLog)
    return { texts, subscribe: (topic: string) => receive({ t: 'subscribe', id: 7, topic }) }
  })
  const stringified = (id: string) => written.filter((value) => JSON.stringify(value).includes(`"id":"${id}"`)).length
  return { ...made, clients, stringified }
}

const parse = (text: string | undefined) => JSON.parse(text ?? '') as ServerFrame

describe('frames as text', () => {
  it('write each entity of a snapshot once, however many clients ask, and again only when it has changed', async () => {
    const { topics, clients, stringified } = await createTextClients(4)
    const [first, second, third] = [1, 2, 3].map((number) => inventVm(number, inventHost(1).id))
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were invented')
    topics.collection('vms').replaceAll([first, second, third])
    for (const client of clients.slice(0, 3)) client.subscribe('vms')
    expect([first, second, third].map(({ id }) => stringified(id))).toEqual([1, 1, 1])
    const changed = { ...second, title: 'changed' }
    topics.collection('vms').upsert(changed)
    topics.flush()
    // The patch: one text for all three.
    expect(stringified(second.id)).toBe(2)
    clients[3]?.subscribe('vms')
    expect([first, second, third].map(({ id }) => stringified(id))).toEqual([1, 3, 1])
    expect(parse(clients[3]?.texts.at(-1))).toMatchObject({ t: 'snapshot', id: 7, entities: [first, changed, third] })
    for (const client of clients.slice(0, 3)) {
      expect(parse(client.texts.at(-1))).toMatchObject({ t: 'patch', id: 7, upsert: [changed], remove: [] })
    }
  })

  it.each<[string, ServerFrame]>([
    ['an empty snapshot', { t: 'snapshot', id: 1, epoch: 'e', rev: 2, entities: [] }],
    ['a snapshot', { t: 'snapshot', id: 1, epoch: 'e', rev: 2, entities: [{ id: 'a"\u2028' }, { id: '서버' }] }],
    ['a patch', { t: 'patch', id: 1, rev: 3, upsert: [{ id: 'a' }], remove: ['b'], now: 5 }],
    ['a patch that only removes', { t: 'patch', id: 1, rev: 3, upsert: [], remove: ['b'], now: 5 }],
    ['another frame', { t: 'pong', id: 4, now: 6 }],
  ])('say the same as JSON of the whole: %s', (_title, frame) => {
    expect(parse(writeFrame(frame).join(''))).toEqual(frame)
    expect(parse(writeFrame(frame).join(''))).toEqual(frame)
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { type Served, startServed } from './served-fixture.ts'

let served: Served
let engineStarted: PromiseWithResolvers<void>
beforeEach(async () => {
  engineStarted = Promise.withResolvers()
  engineStarted.promise.catch(() => undefined)
  served = await startServed({ engineStarted: engineStarted.promise })
})
afterEach(async () => {
  engineStarted.resolve()
  await served.stop()
})

const HOST_ID = '00000000-0000-4000-8000-000000000001'

const bearer = () => ({ authorization: `Bearer ${served.token}` })

describe('a server whose engine is still starting', () => {
  it('signs a browser in and gives it the window', async () => {
    const opened = await served.send({ path: new URL(served.server.createLink()).pathname })
    expect(opened).toMatchObject({ status: 200, text: expect.stringContaining('<title>Virtdeck</title>') })
    expect(await served.send({ path: '/assets/index-abc123.js' })).toMatchObject({ status: 200 })
    expect(await served.signIn()).toMatch(/^[\w-]{43}$/)
  })

  it('lets commands, topics and health wait for it', async () => {
    const answers: string[] = []
    const questions = [
      { path: '/api/topics/hosts' },
      { path: '/api/health' },
      { path: '/api/openapi.json' },
      // The idle engine knows no hosts.
      { method: 'POST', path: '/api/commands/host.remove', body: `{"hostId":"${HOST_ID}"}`, status: 404 },
    ]
    const asked = questions.map(async ({ status = 200, ...question }) => {
      const headers = { ...bearer(), 'content-type': 'application/json' }
      expect(await served.send({ ...question, headers })).toMatchObject({ status })
      answers.push(question.path)
    })
    // Asked last, and answered meanwhile: the window needs no engine.
    expect((await served.send({ path: '/', headers: bearer() })).status).toBe(200)
    expect(answers).toEqual([])
    engineStarted.resolve()
    await Promise.all(asked)
  })

  it('refuses strangers at once', async () => {
    expect((await served.send({ path: '/api/topics/hosts' })).status).toBe(401)
  })

  it('opens a connection of frames once it is there', async () => {
    const socket = new WebSocket(`ws://${served.authority}/api/socket`, { headers: bearer() })
    const hello = new Promise((resolve) =>
      socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()))),
    )
    await served.send({ path: '/', headers: bearer() })
    expect(socket.readyState).toBe(WebSocket.CONNECTING)
    engineStarted.resolve()
    expect(await hello).toMatchObject({ t: 'hello', epoch: 'epoch-1' })
    socket.terminate()
  })

  it('tells whoever waits why there will be none', async () => {
    const asked = served.send({ path: '/api/topics/hosts', headers: bearer() })
    engineStarted.reject(new AppError('inventory.write-failed', { path: '/srv/inventory', reason: 'disk full' }))
    const answer = await asked
    expect(answer.json()).toMatchObject({ ok: false, error: { code: 'inventory.write-failed' } })
  })
})

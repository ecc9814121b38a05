import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTokenProven } from '../../../../src/main/shell/server/engine-file.ts'
import { CLIENT_FRAME_LIMIT_BYTES, type SignInValue, socketProtocols } from '../../../../src/shared/contract/index.ts'
import { type Served, type Success, startServed } from './served-fixture.ts'

let served: Served
beforeAll(async () => {
  served = await startServed()
})
afterAll(() => served.stop())

const bearer = () => ({ authorization: `Bearer ${served.token}` })
const json = { 'content-type': 'application/json' }
const codeOf = (answer: { json: () => unknown }) => (answer.json() as { error: { code: string } }).error.code

describe('who may ask', () => {
  it.each([
    ['GET', '/api/openapi.json'],
    ['GET', '/api/topics/hosts'],
    ['GET', '/api/topics/no-such-topic'],
    ['GET', '/console/ticket'],
  ])('nobody without a session or a token: %s %s', async (method, path) => {
    expect((await served.send({ method, path })).status).toBe(401)
  })

  it.each(['/api/commands/vm.start', '/api/commands/nothing', '/api/sign-in-links', '/api/sign-out'])(
    'nobody without a session or a token: POST %s, even from the own origin',
    async (path) => {
      const headers = { ...json, origin: `http://${served.authority}` }
      const answer = await served.send({ method: 'POST', path, headers, body: '{}' })
      expect(answer.status).toBe(401)
      expect(codeOf(answer)).toBe('transport.unauthorized')
    },
  )

  it.each(['Bearer wrong', 'Bearer ', 'Basic YTpi', 'bearer-token'])(
    'nobody with the authorization "%s"',
    async (value) => {
      const answer = await served.send({ path: '/api/topics/hosts', headers: { authorization: value } })
      expect(answer.status).toBe(401)
    },
  )

  it('shows a page that says how to sign in, without any script', async () => {
    const answer = await served.send({ path: '/sign-in' })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.text).toContain('npx virtdeck link')
    expect(answer.headers['content-security-policy']).not.toContain('script-src')
    expect(answer.headers['content-security-policy']).not.toContain('unsafe')
  })

  it('tells anybody that it runs, and proves its token to whoever asks with a nonce', async () => {
    const answer = await served.send({ path: '/api/health?nonce=abc' })
    const { proof, ...rest } = answer.json() as { proof: string }
    expect(rest).toEqual({ ok: true, version: '0.0.0', epoch: 'epoch-1' })
    expect(isTokenProven(served.token, 'abc', proof)).toBe(true)
    expect(answer.text).not.toContain(served.token)
  })
})

describe('pages of others', () => {
  it('cannot reach it under a name that they rebound to it', async () => {
    for (const path of ['/', '/sign-in', '/api/health', '/api/topics/hosts', '/assets/index-abc123.js']) {
      const answer = await served.send({ path, headers: { ...bearer(), host: `evil.example:${served.port}` } })
      expect(answer.status).toBe(403)
      expect(codeOf(answer)).toBe('transport.rejected')
    }
  })

  it('cannot send commands, even with the session of a browser', async () => {
    const { authorization = '' } = served.pageHeaders(await served.signIn())
    const foreign = ['http://evil.example', 'null', `https://${served.authority}`, 'http://127.0.0.1:1']
    for (const origin of [...foreign.map((value) => ({ origin: value })), {}]) {
      const headers = { ...json, authorization, ...origin }
      const answer = await served.send({ method: 'POST', path: '/api/commands/settings.set', headers, body: '{}' })
      expect(answer.status).toBe(403)
    }
  })

  it('cannot use a sign-in link: it is not for them', async () => {
    const link = served.server.createLink()
    expect((await served.redeem(link, { origin: 'http://127.0.0.1:1' })).status).toBe(403)
    expect((await served.redeem(link)).status).toBe(200)
  })

  it('cannot make a session known by a cookie, which every server of this address could read and set', async () => {
    const session = await served.signIn()
    const names = ['virtdeck', 'virtdeck.session', 'virtdeck_00000000', 'session', 'authorization']
    const cookie = names.map((name) => `${name}=${session}`).join('; ')
    expect((await served.send({ path: '/api/topics/hosts', headers: { cookie } })).status).toBe(401)
  })

  it('cannot read topics either: a foreign Origin is refused on a GET too', async () => {
    const headers = { ...served.pageHeaders(await served.signIn()), origin: 'http://evil.example' }
    expect((await served.send({ path: '/api/topics/hosts', headers })).status).toBe(403)
  })
})

describe('the one-time link', () => {
  it('leads to the window, with its token where browsers do not send it', async () => {
    const link = new URL(served.server.createLink())
    expect(`${link.pathname}${link.search}`).toBe('/link')
    expect(link.hash).toMatch(/^#[\w-]{43}$/)
    const answer = await served.send({ path: link.pathname })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('<title>Virtdeck</title>')
  })

  it('starts a session that is in no cookie', async () => {
    const answer = await served.redeem(served.server.createLink())
    expect(answer.status).toBe(200)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.headers['cache-control']).toBe('no-store')
    const { value } = answer.json() as Success<SignInValue>
    const headers = served.pageHeaders(value.session ?? '')
    expect((await served.send({ path: '/api/topics/hosts', headers })).status).toBe(200)
  })

  it('is refused the second time', async () => {
    const link = served.server.createLink()
    expect((await served.redeem(link)).status).toBe(200)
    const again = await served.redeem(link)
    expect([again.status, codeOf(again)]).toEqual([401, 'transport.unauthorized'])
  })

  it.each(['{}', '[]', 'null', '{"token":1}', `{"token":"${'x'.repeat(200)}"}`])('is not %s', async (body) => {
    const headers = { ...json, origin: `http://${served.authority}` }
    expect((await served.send({ method: 'POST', path: '/api/sign-in', headers, body })).status).toBe(401)
  })

  it('is used up, and needed no more, by whoever is signed in, who stays what he is', async () => {
    const headers = served.pageHeaders(await served.signIn())
    const link = served.server.createLink()
    for (const _ of [1, 2]) {
      expect((await served.redeem(link, headers)).json()).toEqual({ ok: true, value: { session: null }, rev: 0 })
    }
    expect((await served.redeem(link)).status).toBe(401)
  })

  it('is made for the bearer of the token, and not for a signed-in browser', async () => {
    const made = await served.send({ method: 'POST', path: '/api/sign-in-links', headers: bearer() })
    const { value } = made.json() as Success<{ url: string }>
    expect((await served.redeem(value.url)).status).toBe(200)
    const headers = served.pageHeaders(await served.signIn())
    expect((await served.send({ method: 'POST', path: '/api/sign-in-links', headers })).status).toBe(401)
  })
})

describe('a session', () => {
  it('ends with signing out', async () => {
    const headers = served.pageHeaders(await served.signIn())
    expect((await served.send({ path: '/api/topics/hosts', headers })).status).toBe(200)
    expect((await served.send({ method: 'POST', path: '/api/sign-out', headers })).status).toBe(200)
    expect((await served.send({ path: '/api/topics/hosts', headers })).status).toBe(401)
  })

  it('is known by its header on an upgrade alone: no form and no image of another page can send it', async () => {
    const headers = { 'sec-websocket-protocol': socketProtocols(await served.signIn()).join(', ') }
    expect((await served.send({ path: '/api/topics/hosts', headers })).status).toBe(401)
  })
})

describe('the window', () => {
  it('may run its own files only', async () => {
    const page = await served.send({ path: '/' })
    const policy = String(page.headers['content-security-policy']).split('; ')
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]),
    )
    expect(policy.join('; ')).not.toMatch(/unsafe|\*/)
    expect(policy.find((directive) => directive.startsWith('connect-src'))).toContain(`ws://${served.authority}`)
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  })

  it('has its hashed files kept for good, and its pages not at all', async () => {
    const script = await served.send({ path: '/assets/index-abc123.js' })
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(script.headers['content-type']).toContain('javascript')
    const page = await served.send({ path: '/console.html' })
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.text).toContain('<title>Console</title>')
  })

  it('sends of a file what was asked for: its head, a part, or that it has not changed', async () => {
    const path = '/assets/index-abc123.js'
    const whole = await served.send({ path })
    const head = await served.send({ method: 'HEAD', path })
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers['content-length']).toBe(String(whole.text.length))
    const part = await served.send({ path, headers: { range: 'bytes=0-5' } })
    expect(part).toMatchObject({ status: 206, text: whole.text.slice(0, 6) })
    const again = await served.send({ path, headers: { 'if-none-match': String(whole.headers.etag) } })
    expect(again).toMatchObject({ status: 304, text: '' })
  })

  it('is the answer to every address of its own, and to nothing else', async () => {
    expect((await served.send({ path: '/vms/some-vm/summary' })).text).toContain('<title>Virtdeck</title>')
    for (const path of ['/assets/missing.js', '/api/nothing', '/favicon.missing']) {
      const answer = await served.send({ path })
      expect(answer.status).toBe(404)
      expect(codeOf(answer)).toBe('transport.not-found')
    }
  })

  it.each(['/../secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/assets/%2e%2e/%2e%2e/secret.txt'])(
    'never leaves its folder: %s',
    async (path) => {
      const answer = await served.send({ path })
      expect(answer.text).not.toContain('not for the page')
      expect(answer.status).toBe(404)
    },
  )
})

describe('commands and topics over HTTP', () => {
  const post = (path: string, body: string, headers: Readonly<Record<string, string>> = json) =>
    served.send({ method: 'POST', path, headers: { ...bearer(), ...headers }, body })

  it('answer with the result envelope', async () => {
    const answer = await post('/api/commands/vm.pause', '{"vmId":"00000000-0000-0000-0000-000000000001"}')
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({ ok: true, value: {} })
    const topic = await served.send({ path: '/api/topics/hosts', headers: bearer() })
    expect(topic.json()).toMatchObject({ ok: true, value: [] })
  })

  it.each([
    ['/api/commands/no.such', '{}', 404, 'command.unknown'],
    ['/api/commands/vm.pause', '{}', 400, 'command.input-invalid'],
    ['/api/commands/vm.pause', '{"vmId":', 400, 'command.input-invalid'],
    ['/api/commands/host.remove', '{"hostId":"00000000-0000-0000-0000-000000000001"}', 404, 'host.not-found'],
  ])('%s with %s fails with %i %s', async (path, body, status, code) => {
    const answer = await post(path, body)
    expect([answer.status, codeOf(answer)]).toEqual([status, code])
    expect(answer.json()).toMatchObject({ ok: false, error: { retry: 'never' } })
  })

  it('answer at once with the task, where the caller does not wait for it', async () => {
    const answer = await post('/api/commands/vm.start?wait=false', '{"vmId":"00000000-0000-0000-0000-000000000001"}')
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({ ok: true, value: null, taskId: expect.any(String) })
  })

  it('refuse another content type and a body that is too large', async () => {
    const xml = await post('/api/commands/vm.pause', '<a/>', { 'content-type': 'text/xml' })
    expect([xml.status, codeOf(xml)]).toEqual([400, 'command.input-invalid'])
    const large = await post('/api/commands/vm.pause', JSON.stringify({ vmId: 'x'.repeat(CLIENT_FRAME_LIMIT_BYTES) }))
    expect([large.status, codeOf(large)]).toEqual([413, 'transport.too-large'])
  })

  it.each([
    ['/api/topics/no-such', 404, 'topic.unknown'],
    ['/api/topics/vm.stats', 400, 'topic.key-required'],
  ])('%s fails with %i %s', async (path, status, code) => {
    const answer = await served.send({ path, headers: bearer() })
    expect([answer.status, codeOf(answer)]).toEqual([status, code])
  })
})

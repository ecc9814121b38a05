import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SignInValue } from '../../../../src/shared/contract/index.ts'
import { type Served, type Success, startServed } from './served-fixture.ts'

let served: Served
beforeEach(async () => {
  served = await startServed({ password: 'correct horse' })
})
afterEach(() => served.stop())

function post(password: string, headers: Readonly<Record<string, string>> = {}) {
  return served.send({
    method: 'POST',
    path: '/sign-in',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: `http://${served.authority}`,
      ...headers,
    },
    body: new URLSearchParams({ password }).toString(),
  })
}

describe('signing in with the password', () => {
  it('is a plain form that may send to this server only', async () => {
    const page = await served.send({ path: '/sign-in' })
    expect(page.status).toBe(200)
    expect(page.text).toContain('<form method="post" action="/sign-in">')
    expect(page.text).not.toContain('<script')
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*form-action 'self'/)
    // With no-referrer the browser would send `Origin: null`, which is refused.
    expect(page.headers['referrer-policy']).toBe('same-origin')
  })

  it.each([
    ['ko-KR,ko;q=0.9,en;q=0.8', 'ko', '암호'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en', 'Password'],
    ['kok', 'en', 'Password'],
  ])('is asked for in the language of the browser: %s', async (wanted, language, label) => {
    const page = await served.send({ path: '/sign-in', headers: { 'accept-language': wanted } })
    expect(page.text).toContain(`<html lang="${language}">`)
    expect(page.text).toContain(`>${label}</label>`)
  })

  it.each([
    ['link-used', 'used already'],
    ['no-storage', 'store nothing'],
    ['"><script>', ''],
  ])('says on the page why one is there again: %s', async (problem, text) => {
    const page = await served.send({ path: `/sign-in?problem=${encodeURIComponent(problem)}` })
    expect(page.text.includes('role="alert"')).toBe(text !== '')
    expect(page.text).toContain(text)
    expect(page.text).not.toContain('<script')
  })

  it('starts a session', async () => {
    const answer = await post('correct horse')
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toMatch(/^\/link#[\w-]{43}$/)
    const { value } = (
      await served.redeem(`${served.server.url}${answer.headers.location}`)
    ).json() as Success<SignInValue>
    const headers = served.pageHeaders(value.session ?? '')
    expect((await served.send({ path: '/api/topics/hosts', headers })).status).toBe(200)
  })

  it('is refused with another password, and shut after some attempts even to the right one', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      const answer = await post(`wrong ${attempt}`)
      expect(answer.status).toBe(401)
      expect(answer.headers.location).toBeUndefined()
    }
    const shut = await post('correct horse')
    expect(shut.status).toBe(429)
    expect(Number(shut.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect(shut.headers.location).toBeUndefined()
  })

  it('derives one key at a time: many attempts at once are not many derivations', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => post(`wrong ${index}`)))
    const statuses = answers.map((answer) => answer.status)
    expect(statuses).toContain(401)
    expect(statuses).toContain(429)
    expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([])
  })

  it('is refused to the page of another origin', async () => {
    expect((await post('correct horse', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('correct horse', { origin: 'null' })).status).toBe(403)
  })

  it('takes no form that is too large', async () => {
    expect((await post('x'.repeat(10_000))).status).toBe(413)
  })
})

describe('links that are not valid', () => {
  it('neither fill the log nor keep anybody out who has one', async () => {
    const warnings: string[] = []
    const logged = await startServed({ onWarning: (line) => warnings.push(line) })
    try {
      const link = logged.server.createLink()
      for (let attempt = 0; attempt < 20; attempt++) expect((await logged.redeem(`${link}x`)).status).toBe(401)
      expect(warnings.length).toBeGreaterThan(0)
      expect(warnings.length).toBeLessThan(10)
      expect((await logged.redeem(link)).status).toBe(200)
    } finally {
      await logged.stop()
    }
  })
})

import { describe, expect, it } from 'vitest'
import { createAllowedAddresses, decideRequest } from '../../../../src/main/shell/server/request-guard.ts'

const allowed = createAllowedAddresses('http', ['127.0.0.1', 'localhost', '::1'], 8080)
const own = { method: 'GET', host: '127.0.0.1:8080', origin: undefined, upgrade: false, token: false }

describe('which requests may come from our own page', () => {
  it.each([
    ['its address', '127.0.0.1:8080', null],
    ['its name in capitals', 'LOCALHOST:8080', null],
    ['its IPv6 address', '[::1]:8080', null],
    ['a name that was rebound to it', 'evil.example:8080', 'host'],
    ['its address with another port', '127.0.0.1:8081', 'host'],
    ['its address without the port', '127.0.0.1', 'host'],
    ['a name that begins as its own', '127.0.0.1:8080.evil.example', 'host'],
    ['no Host at all', undefined, 'host'],
    ['an empty Host', '', 'host'],
  ] as const)('a request for %s', (_, host, verdict) => {
    expect(decideRequest(allowed, { ...own, host })).toBe(verdict)
  })

  it.each([
    ['a GET without Origin', { method: 'GET' }, null],
    ['a GET with a foreign Origin', { origin: 'http://evil.example' }, 'origin'],
    ['a GET with Origin null (a sandboxed frame, a file)', { origin: 'null' }, 'origin'],
    ['a POST without Origin', { method: 'POST' }, 'origin'],
    ['a POST with its own Origin', { method: 'POST', origin: 'http://127.0.0.1:8080' }, null],
    ['a POST with its own Origin over another scheme', { method: 'POST', origin: 'https://127.0.0.1:8080' }, 'origin'],
    ['a POST with the port of another program', { method: 'POST', origin: 'http://127.0.0.1:3000' }, 'origin'],
    ['a POST with the token and no Origin', { method: 'POST', token: true }, null],
    ['a POST with the token and a foreign Origin', { method: 'POST', token: true, origin: 'http://x' }, 'origin'],
    ['an upgrade without Origin', { upgrade: true }, 'origin'],
    ['an upgrade with its own Origin', { upgrade: true, origin: 'http://localhost:8080' }, null],
    ['an upgrade with a foreign Origin', { upgrade: true, origin: 'http://evil.example' }, 'origin'],
    ['an upgrade with the token and no Origin', { upgrade: true, token: true }, null],
    ['a token for a rebound name', { host: 'evil.example:8080', token: true }, 'host'],
  ] as const)('%s', (_, change, verdict) => {
    expect(decideRequest(allowed, { ...own, ...change })).toBe(verdict)
  })

  it('takes the default port of its scheme with and without the port', () => {
    const tls = createAllowedAddresses('https', ['vms.example'], 443)
    expect([...tls.authorities].sort()).toEqual(['vms.example', 'vms.example:443'])
    expect(
      decideRequest(tls, { ...own, method: 'POST', host: 'vms.example', origin: 'https://vms.example' }),
    ).toBeNull()
  })
})

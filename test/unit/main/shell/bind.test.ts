import { describe, expect, it } from 'vitest'
import { decideBind, fetchOwnNames } from '../../../../src/main/shell/server/bind.ts'

describe('where the server may listen', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('%s needs nothing', (host) => {
    expect(decideBind({ host, tls: false, password: false })).toBeNull()
  })

  it.each([
    ['0.0.0.0', false, false, 'TLS, password'],
    ['::', true, false, 'password'],
    ['192.0.2.7', false, true, 'TLS'],
    ['vms.example', false, false, 'TLS, password'],
    ['127.0.0.1.example', false, false, 'TLS, password'],
  ] as const)('%s with TLS %s and password %s lacks %s', (host, tls, password, lacking) => {
    const refusal = decideBind({ host, tls, password })
    expect(refusal?.code).toBe('server.bind-refused')
    expect(refusal?.params).toEqual({ address: host, lacking })
  })

  it('lets it listen anywhere with TLS and a password', () => {
    expect(decideBind({ host: '0.0.0.0', tls: true, password: true })).toBeNull()
  })

  it('knows no foreign name unless it was told one', () => {
    expect(fetchOwnNames('127.0.0.1', [])).toEqual(['127.0.0.1', 'localhost'])
    expect(fetchOwnNames('192.0.2.7', ['vms.example'])).toEqual(['192.0.2.7', 'vms.example'])
    expect(fetchOwnNames('0.0.0.0', [])).toContain('127.0.0.1')
  })
})

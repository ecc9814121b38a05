import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeConsoleClose, encodeConsoleClose } from '../../../../src/shared/contract/index.ts'

describe('a close reason', () => {
  it('carries code and parameters', () => {
    const reason = { code: 'console.serial-busy', params: { name: 'web-01' } }
    expect(decodeConsoleClose(encodeConsoleClose(reason))).toEqual(reason)
  })

  it('never is longer than a close frame allows, and always keeps the code', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
        const text = encodeConsoleClose({ code: 'console.socket-permission', params: { name } })
        expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(123)
        expect(decodeConsoleClose(text)?.code).toBe('console.socket-permission')
      }),
    )
  })

  it('is null for what somebody else wrote', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const decoded = decodeConsoleClose(text)
        expect(decoded === null || typeof decoded.code === 'string').toBe(true)
      }),
    )
    for (const text of ['', 'going away', '{', '{"c":1}', '[]', 'null']) expect(decodeConsoleClose(text)).toBeNull()
  })
})

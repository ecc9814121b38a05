import { describe, expect, it } from 'vitest'
import {
  answerVncChallenge,
  deriveVncKey,
  encryptDesBlock,
} from '../../../../src/main/console/rfb/vnc-authentication.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('single DES', () => {
  // The worked example of FIPS 46 teaching texts, and vectors of NIST SP 800-17 (variable plaintext and variable key).
  it.each([
    ['133457799bbcdff1', '0123456789abcdef', '85e813540f0ab405'],
    ['0101010101010101', '8000000000000000', '95f8a5e5dd31d900'],
    ['0101010101010101', '0000000000000001', '166b40b44aba4bd6'],
    ['8001010101010101', '0000000000000000', '95a8d72813daa94d'],
    ['0101010101010180', '0000000000000000', '9cc62df43b6eed74'],
    ['0101010101010102', '0000000000000000', '869efd7f9f265a09'],
  ])('with key %s makes of %s the known %s', (key, plain, cipher) => {
    expect(Buffer.from(encryptDesBlock(hex(key), hex(plain))).toString('hex')).toBe(cipher)
  })
})

describe('the answer to a VNC challenge', () => {
  it('takes the bits of each byte of the password mirrored', () => {
    expect([...deriveVncKey('a')]).toEqual([0x86, 0, 0, 0, 0, 0, 0, 0])
  })

  it('counts only the first eight bytes', () => {
    expect(deriveVncKey('12345678')).toEqual(deriveVncKey('123456789'))
    expect(deriveVncKey('1234567')).not.toEqual(deriveVncKey('12345678'))
  })

  it('is both halves encrypted apart', () => {
    const challenge = Buffer.concat([Buffer.alloc(8, 7), Buffer.alloc(8, 7)])
    const answer = Buffer.from(answerVncChallenge('secret', challenge))
    expect(answer).toHaveLength(16)
    expect(answer.subarray(0, 8)).toEqual(answer.subarray(8))
    expect(answer.subarray(0, 8)).toEqual(Buffer.from(encryptDesBlock(deriveVncKey('secret'), Buffer.alloc(8, 7))))
  })
})

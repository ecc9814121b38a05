import { describe, expect, it } from 'vitest'
import { cachedName } from '../../../../src/main/libvirt/xdr/name-cache.ts'

function read(text: string): string | undefined {
  const bytes = Buffer.from(`before${text}after`)
  return cachedName(bytes, 6, 6 + Buffer.byteLength(text))
}

describe('the cache of names', () => {
  it('gives each name as it is, however many there are', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `block.${index}.rd.bytes`)
    for (let round = 0; round < 2; round += 1) expect(names.map(read)).toEqual(names)
  })

  it('tells names apart that fall into the same slot', () => {
    // "Aa" and "BB" have the same hash.
    for (const name of ['Aa', 'BB', 'Aa', 'BB', '', 'AaBB', 'BBAa']) expect(read(name)).toBe(name)
  })

  it('leaves what is long or not ASCII to others', () => {
    expect(read('x'.repeat(64))).toBe('x'.repeat(64))
    expect(read('x'.repeat(65))).toBeUndefined()
    expect(read('이름')).toBeUndefined()
  })
})

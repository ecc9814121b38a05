import { expect, it } from 'vitest'
import { XdrReader } from '../../../../src/main/libvirt/xdr/reader.ts'

it('gives stream data as a view on its chunk, and a copy where the view would keep a much larger chunk alive', () => {
  const chunk = Buffer.alloc(65_536, 7)
  const reader = new XdrReader(chunk)
  reader.reset(chunk, 28, chunk.byteLength)
  expect(reader.rest().buffer).toBe(chunk.buffer)
  reader.reset(chunk, 100, 110)
  const small = reader.rest()
  expect(small).toEqual(Buffer.alloc(10, 7))
  expect(small.buffer).not.toBe(chunk.buffer)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { structCodecs } from '../../../../src/main/libvirt/protocol/struct-codecs.gen.ts'
import { XdrReader } from '../../../../src/main/libvirt/xdr/reader.ts'
import { XdrWriter } from '../../../../src/main/libvirt/xdr/writer.ts'
import { createOracle } from './oracle.ts'
import { model, structArbitrary } from './struct-arbitraries.ts'

interface AnyCodec {
  readonly encode: (writer: XdrWriter, value: unknown) => void
  readonly decode: (reader: XdrReader) => unknown
}

const codecs = Object.entries(structCodecs) as unknown as [string, AnyCodec][]
const RUNS = 15

describe('the generated codec', () => {
  it('has every struct that the procedures use', () => {
    expect(codecs.map(([name]) => name)).toEqual(model.structs.map((struct) => struct.name))
    expect(codecs.length).toBeGreaterThan(650)
  })

  it.each(codecs)('%s comes back as it went, in the bytes of another XDR implementation', (name, codec) => {
    const oracle = createOracle(name)
    fc.assert(
      fc.property(structArbitrary(name), (value) => {
        const writer = new XdrWriter()
        codec.encode(writer, value)
        const bytes = writer.take()
        expect(bytes.equals(oracle.encode(value))).toBe(true)
        const reader = new XdrReader(bytes)
        expect(codec.decode(reader)).toEqual(value)
        expect(reader.remaining).toBe(0)
      }),
      { numRuns: RUNS },
    )
  })
})

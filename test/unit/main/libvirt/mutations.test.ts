import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketParser } from '../../../../src/main/libvirt/packet/packet-parser.ts'
import { procedures } from '../../../../src/main/libvirt/protocol/procedures.gen.ts'
import { structCodecs } from '../../../../src/main/libvirt/protocol/struct-codecs.gen.ts'
import { XdrError } from '../../../../src/main/libvirt/xdr/primitives.ts'
import { XdrReader } from '../../../../src/main/libvirt/xdr/reader.ts'
import { XdrWriter } from '../../../../src/main/libvirt/xdr/writer.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'
import { header, openPair, packet } from './fake-daemon.ts'
import { model, structArbitrary } from './struct-arbitraries.ts'

const MUTATIONS = 100_000
/** Work for the processor alone, on a machine that may have other work. */
const LIMIT_MS = 60_000
const SEED = 20_261_123

interface AnyCodec {
  readonly encode: (writer: XdrWriter, value: unknown) => void
  readonly decode: (reader: XdrReader) => unknown
}

/** A small generator of numbers with a seed, so that a failure can be had again (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Changes a few bytes, favouring values that lengths and flags trip over; sometimes cuts the end off. */
function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  const mutated = Buffer.from(bytes)
  for (let count = 1 + random(3); count > 0 && mutated.byteLength > 0; count -= 1) {
    const position = random(mutated.byteLength)
    mutated[position] = [random(256), 0, 0xff, 0x7f, 1][random(5)] ?? 0
  }
  return random(4) === 0 ? mutated.subarray(0, random(mutated.byteLength + 1)) : mutated
}

describe('mutated packets', () => {
  it(
    'are decoded or refused with an XdrError, 100,000 times',
    () => {
      const random = createRandom(SEED)
      const samples = model.structs.flatMap(({ name }) => {
        const codec = structCodecs[name as keyof typeof structCodecs] as unknown as AnyCodec
        return fc.sample(structArbitrary(name), { numRuns: 3, seed: SEED }).map((value) => {
          const writer = new XdrWriter()
          codec.encode(writer, value)
          return { codec, bytes: writer.take() }
        })
      })
      const outcomes = { decoded: 0, refused: 0 }
      for (let round = 0; round < MUTATIONS; round += 1) {
        const sample = samples[random(samples.length)]
        if (sample === undefined) throw new Error('no sample')
        const reader = new XdrReader(mutate(sample.bytes, random))
        try {
          sample.codec.decode(reader)
          reader.finish()
          outcomes.decoded += 1
        } catch (error) {
          if (!(error instanceof XdrError)) throw error
          outcomes.refused += 1
        }
      }
      expect(outcomes.decoded + outcomes.refused).toBe(MUTATIONS)
      expect(outcomes.decoded).toBeGreaterThan(MUTATIONS / 10)
      expect(outcomes.refused).toBeGreaterThan(MUTATIONS / 10)
    },
    LIMIT_MS,
  )

  it(
    'are framed or refused, in whatever pieces they come, 10,000 times',
    () => {
      const random = createRandom(SEED)
      const domains = [{ name: 'a', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 }]
      const reply = packet(header({ procedure: 273 }), procedures.CONNECT_LIST_ALL_DOMAINS.result, { domains, ret: 1 })
      for (let round = 0; round < 10_000; round += 1) {
        const bytes = mutate(Buffer.concat([reply, reply, reply]), random)
        const parser = new PacketParser((_, payload) => payload.rest())
        try {
          for (let offset = 0; offset < bytes.byteLength; ) {
            const size = 1 + random(40)
            parser.push(bytes.subarray(offset, offset + size))
            offset += size
          }
        } catch (error) {
          if (!(error instanceof XdrError)) throw error
        }
      }
    },
    LIMIT_MS,
  )

  it(
    'leave a connection either working or ended with its reason, 300 times',
    async () => {
      const random = createRandom(SEED)
      for (let round = 0; round < 300; round += 1) {
        const { connection, daemon } = await openPair()
        const call = connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags: 0 }, { timeoutMs: 1_000 })
        const settled = call.then(
          () => 'answered',
          (error: unknown) => (isAppError(error) ? error.code : 'something else'),
        )
        const domains = [{ name: 'a', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 }]
        const received = await daemon.next()
        daemon.send(mutate(daemon.reply(received, { domains, ret: 1 }), random))
        // A length that grew makes the client wait for the rest: the end of the transport settles that.
        daemon.transport.end()
        expect(['answered', 'libvirt.protocol-violation', 'libvirt.outcome-unknown', 'libvirt.call-failed']).toContain(
          await settled,
        )
        await connection.close()
      }
    },
    LIMIT_MS,
  )
})

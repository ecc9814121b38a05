import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createTransferReceiver,
  createTransferSender,
  cutZeros,
  decodeTransferFrame,
  encodeTransferFrame,
  isZero,
  TRANSFER_PART_BYTES,
  type TransferFrame,
  type TransferSource,
} from '../../../../src/shared/transfer/index.ts'

const KIB = 1024
const MIB = 1024 * KIB
const never = new AbortController().signal

/** A file, read in parts that are not those of the wire. */
function sourceOf(file: Uint8Array): TransferSource {
  return {
    async *open(offset) {
      for (let at = offset; at < file.length; at += 700 * KIB) yield { data: file.slice(at, at + 700 * KIB) }
    },
  }
}

/** So many bytes of one value. */
function evenSource(bytes: number, value: number): TransferSource {
  return {
    async *open(offset) {
      for (let at = offset; at < bytes; at += MIB) yield { data: new Uint8Array(MIB).fill(value) }
    },
  }
}

/** A socket between the two, until it is cut. */
function join(receiver: ReturnType<typeof createTransferReceiver>, source: TransferSource) {
  let isCut = false
  const told: TransferFrame[] = []
  const sender = createTransferSender(source, (bytes) => {
    const frame = decodeTransferFrame(bytes)
    if (frame === null) throw new Error('not a frame')
    told.push(frame)
    if (!isCut) expect(receiver.receive(frame)).toBe(true)
  })
  receiver.attach((bytes) => {
    const frame = decodeTransferFrame(bytes)
    if (frame === null) throw new Error('not a frame')
    if (!isCut) sender.receive(frame)
  })
  return {
    told,
    cut: () => {
      isCut = true
      sender.stop()
      receiver.detach()
    },
    sender,
  }
}

describe('messages', () => {
  test('are read as they were written', () => {
    const count = fc.nat(Number.MAX_SAFE_INTEGER)
    const frame = fc.oneof(
      fc.record({ t: fc.constant('data' as const), offset: count, data: fc.uint8Array() }),
      fc.record({ t: fc.constant('hole' as const), offset: count, bytes: count }),
      fc.record({ t: fc.constant('end' as const), offset: count }),
      fc.record({ t: fc.constant('start' as const), offset: count, credit: count }),
      fc.record({ t: fc.constant('credit' as const), bytes: count }),
      fc.constant({ t: 'abort' as const }),
    )
    fc.assert(
      fc.property(frame, (one) => {
        expect(decodeTransferFrame(encodeTransferFrame(one))).toEqual(one)
      }),
    )
  })

  test('anything else is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const frame = decodeTransferFrame(bytes)
        if (frame === null) return
        expect(encodeTransferFrame(frame)).toHaveLength(bytes.length)
      }),
    )
    const negative = encodeTransferFrame({ t: 'hole', offset: 1, bytes: 1 })
    new DataView(negative.buffer).setFloat64(9, -1)
    expect(decodeTransferFrame(negative)).toBeNull()
  })
})

describe('zeros', () => {
  test.each([0, 1, 3, 4, 7, 64])('are told wherever the buffer lies: %i', (at) => {
    const buffer = new Uint8Array(4_096)
    const view = buffer.subarray(at, at + 1_001)
    expect(isZero(view)).toBe(true)
    for (const place of [0, 1, 500, 999, 1_000]) {
      view[place] = 1
      expect(isZero(view)).toBe(false)
      view[place] = 0
    }
  })

  test('the runs of a buffer are its bytes', () => {
    const steps = fc.array(fc.boolean(), { maxLength: 12 })
    fc.assert(
      fc.property(steps, fc.nat(64 * KIB), (kinds, more) => {
        const buffer = new Uint8Array(kinds.length * 64 * KIB + more)
        for (const [index, isData] of kinds.entries()) if (isData) buffer[index * 64 * KIB + 5] = 7
        const again = [...cutZeros(buffer)].map((run) => ('zeros' in run ? new Uint8Array(run.zeros) : run.data))
        expect(Buffer.concat(again).equals(buffer)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

describe('a file from one to the other', () => {
  test('arrives whole, with its holes, whatever is lost on the way and however often it is asked for anew', async () => {
    const part = fc.record({ isHole: fc.boolean(), bytes: fc.integer({ min: 1, max: 900 * KIB }) })
    const trouble = fc.record({ after: fc.integer({ min: 1, max: 6 }), kind: fc.constantFrom('cut', 'again', 'both') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 6 }),
        fc.array(trouble, { maxLength: 4 }),
        async (parts, troubles) => {
          const file = Buffer.concat(parts.map(({ isHole, bytes }) => Buffer.alloc(bytes, isHole ? 0 : 3)))
          const source = sourceOf(file)
          const receiver = createTransferReceiver(2 * MIB)
          let link = join(receiver, source)
          receiver.start(0)
          const kept = Buffer.alloc(file.length, 9)
          let position = 0
          const plan = [...troubles]
          let count = 0
          for (;;) {
            const next = await receiver.next(never)
            expect(next.offset).toBe(position)
            if (next.t === 'end') break
            if (next.t === 'data') kept.set(next.data, position)
            else kept.fill(0, position, position + next.bytes)
            position += next.t === 'data' ? next.data.length : next.bytes
            const [first] = plan
            if (first === undefined || ++count < first.after) continue
            plan.shift()
            count = 0
            if (first.kind !== 'again') {
              link.cut()
              link = join(receiver, source)
            }
            if (first.kind !== 'cut') {
              position = Math.floor(position / 2)
              receiver.start(position)
            }
          }
          expect(position).toBe(file.length)
          expect(kept.equals(file)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('no more is on its way than the receiver can take, and a gigabyte of zeros is a handful of messages', async () => {
    const receiver = createTransferReceiver(2 * MIB)
    const { told } = join(receiver, evenSource(64 * MIB, 1))
    receiver.start(0)
    // It reads at once, so that it has stopped by the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    expect(told.length * TRANSFER_PART_BYTES).toBeGreaterThanOrEqual(2 * MIB)
    expect(told.length * TRANSFER_PART_BYTES).toBeLessThanOrEqual(2 * MIB + TRANSFER_PART_BYTES)

    const zeros = createTransferReceiver()
    const sparse = join(zeros, evenSource(1_024 * MIB, 0))
    zeros.start(0)
    for (;;) if ((await zeros.next(never)).t === 'end') break
    expect(sparse.told).toHaveLength(17)
  })

  test('a sender that sends more than was asked for is found out', () => {
    const receiver = createTransferReceiver(1 * MIB)
    receiver.attach(() => undefined)
    receiver.start(0)
    const data = new Uint8Array(MIB)
    const verdicts = [0, 1, 2].map((index) => receiver.receive({ t: 'data', offset: index * MIB, data }))
    expect(verdicts).toEqual([true, true, false])
    expect(receiver.receive({ t: 'credit', bytes: 1 })).toBe(false)
  })

  test('a file that cannot be read ends the sender, and waiting can be given up', async () => {
    const receiver = createTransferReceiver()
    const { sender } = join(receiver, {
      async *open() {
        yield { holeBytes: 1 }
        throw new Error('gone')
      },
    })
    receiver.start(0)
    await expect(sender.ended).rejects.toThrow('gone')
    await expect(receiver.next(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

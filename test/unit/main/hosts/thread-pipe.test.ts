import { MessageChannel } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { findBulkThread } from '../../../../src/main/hosts/bulk/find-bulk-thread.ts'
import {
  createPipeWriter,
  PIPE_WINDOW_BYTES,
  type PipeOptions,
  readPipe,
} from '../../../../src/main/hosts/bulk/thread-pipe.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

const lost = () => new AppError('ssh.aborted', { operation: 'test' })

function makePipe(options: Partial<PipeOptions> = {}) {
  const { port1, port2 } = new MessageChannel()
  const given: PipeOptions = { stallMs: 0, lost, ...options }
  return {
    writer: createPipeWriter(port1, given),
    reader: readPipe(port2, given),
    writerPort: port1,
    readerPort: port2,
  }
}

/** Lets everything happen that is on its way. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

describe('a pipe between threads', () => {
  it('gives parts in order, holes among them, and ends', async () => {
    const { writer, reader } = makePipe()
    const written = (async () => {
      await writer.write({ data: Buffer.from('one') })
      await writer.write({ holeBytes: 4_096n })
      await writer.write({ data: new Uint8Array([1, 2]) })
      writer.end()
    })()
    const parts = []
    for await (const part of reader) parts.push(part.data === undefined ? part.holeBytes : Buffer.from(part.data))
    expect(parts).toEqual([Buffer.from('one'), 4_096n, Buffer.from([1, 2])])
    await written
  })

  it('has no more on its way than its window, until the reader has taken some', async () => {
    const { writer, reader } = makePipe()
    const part = 512 * 1024
    let writtenParts = 0
    const writing = (async () => {
      for (; writtenParts < 40; writtenParts++) await writer.write({ data: new Uint8Array(part) })
      writer.end()
    })()
    await settle()
    expect(writtenParts).toBe(PIPE_WINDOW_BYTES / part)
    await reader.next()
    await reader.next()
    await settle()
    expect(writtenParts).toBe(PIPE_WINDOW_BYTES / part + 1)
    let bytes = 2 * part
    for await (const { data } of reader) bytes += data?.length ?? 0
    await writing
    expect(bytes).toBe(40 * part)
  })

  it('hands buffers over, copies views, and cuts what is larger than its window', async () => {
    const { writer, reader } = makePipe()
    const own = new Uint8Array(1_000)
    const view = new Uint8Array(3_000).subarray(1_000, 2_000)
    await writer.write({ data: own })
    await writer.write({ data: view })
    expect([own.length, view.length]).toEqual([0, 1_000])
    const large = new Uint8Array(3 * PIPE_WINDOW_BYTES).fill(7)
    const writing = writer.write({ data: large }).then(() => writer.end())
    const lengths = []
    let sum = 0
    for await (const { data } of reader) {
      lengths.push(data?.length ?? 0)
      sum += data?.at(-1) ?? 0
    }
    await writing
    expect(Math.max(...lengths)).toBe(1024 * 1024)
    expect(lengths.reduce((total, length) => total + length)).toBe(2_000 + 3 * PIPE_WINDOW_BYTES)
    expect(sum).toBe(7 * 12)
  })

  it('fails at the reader by what the writer says', async () => {
    const { writer, reader } = makePipe()
    await writer.write({ data: new Uint8Array(1) })
    writer.fail(new AppError('host.bulk-busy', { limit: 3 }))
    expect((await reader.next()).done).toBe(false)
    await expect(reader.next()).rejects.toMatchObject({ code: 'host.bulk-busy', params: { limit: 3 } })
  })

  it('fails at the writer once the reader has left, and at the reader once the writer is gone', async () => {
    const left = makePipe()
    await left.writer.write({ data: new Uint8Array(1) })
    for await (const _part of left.reader) break
    await settle()
    await expect(left.writer.write({ data: new Uint8Array(1) })).rejects.toMatchObject({ code: 'ssh.aborted' })
    const gone = makePipe()
    const waiting = gone.reader.next()
    gone.writerPort.close()
    await expect(waiting).rejects.toMatchObject({ code: 'ssh.aborted' })
  })

  it('is given up when the other side does nothing for too long', async () => {
    const onStall = vi.fn()
    const { writer, readerPort } = makePipe({ stallMs: 5, onStall })
    readerPort.start()
    const writing = (async () => {
      for (;;) await writer.write({ data: new Uint8Array(1024 * 1024) })
    })()
    await expect(writing).rejects.toMatchObject({ code: 'ssh.aborted' })
    expect(onStall).toHaveBeenCalledOnce()
    const reading = makePipe({ stallMs: 5, onStall })
    await expect(reading.reader.next()).rejects.toMatchObject({ code: 'ssh.aborted' })
    expect(onStall).toHaveBeenCalledTimes(2)
  })
})

it.each([
  ['file:///src/main/hosts/bulk/find-bulk-thread.ts', 'file:///src/main/hosts/bulk/bulk-thread.ts'],
  ['file:///app/out/main/chunks/compose-1a2b.js', 'file:///app/out/main/bulk-thread.js'],
  ['file:///app/out/main/engine.js', 'file:///app/out/main/bulk-thread.js'],
])('the thread’s program, seen from %s', (own, expected) => {
  expect(findBulkThread(own).href).toBe(expected)
})

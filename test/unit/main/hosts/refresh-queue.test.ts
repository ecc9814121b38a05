import { describe, expect, test, vi } from 'vitest'
import { RefreshQueue } from '../../../../src/main/hosts/refresh-queue.ts'

function makeQueue(options: { concurrency?: number; limit?: number } = {}) {
  const reads: { id: string; finish: () => void; fail: (error: Error) => void }[] = []
  const onOverflow = vi.fn()
  const queue = new RefreshQueue({
    read: (id) => new Promise((resolve, reject) => reads.push({ id, finish: resolve, fail: reject })),
    concurrency: options.concurrency ?? 2,
    limit: options.limit ?? 100,
    onOverflow,
  })
  return { queue, reads, onOverflow }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a refresh queue', () => {
  test('reads once for requests that come before the reading begins', async () => {
    const { queue, reads } = makeQueue({ concurrency: 1 })
    void queue.request('other')
    const waiting = [queue.request('a'), queue.request('a'), queue.request('a')]
    reads[0]?.finish()
    await turn()
    expect(reads.map((read) => read.id)).toEqual(['other', 'a'])
    reads[1]?.finish()
    await Promise.all(waiting)
    expect(reads).toHaveLength(2)
  })

  test('reads once more for all requests that come during a reading, and only then answers them', async () => {
    const { queue, reads } = makeQueue()
    const first = queue.request('a')
    let answered = false
    const later = Promise.all([queue.request('a'), queue.request('a')]).then(() => {
      answered = true
    })
    reads[0]?.finish()
    await first
    await turn()
    expect(answered).toBe(false)
    expect(reads).toHaveLength(2)
    reads[1]?.finish()
    await later
    expect(reads).toHaveLength(2)
  })

  test('keeps to its number of readings at once', async () => {
    const { queue, reads } = makeQueue({ concurrency: 2 })
    for (const id of ['a', 'b', 'c', 'd']) void queue.request(id)
    expect(reads.map((read) => read.id)).toEqual(['a', 'b'])
    reads[0]?.finish()
    await turn()
    expect(reads.map((read) => read.id)).toEqual(['a', 'b', 'c'])
  })

  test('collects while it is held and reads after its release', async () => {
    const { queue, reads } = makeQueue()
    queue.hold()
    void queue.request('a')
    void queue.request('a')
    expect(reads).toHaveLength(0)
    queue.release()
    expect(reads.map((read) => read.id)).toEqual(['a'])
  })

  test('hands a failed reading to those who waited for it, and reads again for the next', async () => {
    const { queue, reads } = makeQueue()
    const first = queue.request('a')
    reads[0]?.fail(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    const second = queue.request('a')
    reads[1]?.finish()
    await expect(second).resolves.toBeUndefined()
  })

  test('says that it overflows instead of growing without end', async () => {
    const { queue, onOverflow } = makeQueue({ limit: 3, concurrency: 1 })
    for (const id of ['a', 'b', 'c']) void queue.request(id)
    await expect(queue.request('d')).rejects.toMatchObject({ code: 'libvirt.consumer-too-slow' })
    expect(onOverflow).toHaveBeenCalledOnce()
    void queue.request('a')
    expect(onOverflow).toHaveBeenCalledOnce()
  })

  test('rejects what waits when the connection is gone', async () => {
    const { queue, reads } = makeQueue({ concurrency: 1 })
    const under = queue.request('a')
    const waiting = queue.request('b')
    queue.clear(new Error('lost'))
    await expect(waiting).rejects.toThrow('lost')
    reads[0]?.finish()
    await expect(under).resolves.toBeUndefined()
    void queue.request('c')
    await turn()
    expect(reads.map((read) => read.id)).toEqual(['a', 'c'])
  })

  test('says of what it reads, or holds back, that a look at it may be under way', async () => {
    const { queue, reads } = makeQueue()
    expect(queue.isBusy('a')).toBe(false)
    const reading = queue.request('a')
    expect([queue.isBusy('a'), queue.isBusy('b')]).toEqual([true, false])
    reads[0]?.finish()
    await reading
    await turn()
    expect(queue.isBusy('a')).toBe(false)
    queue.hold()
    expect(queue.isBusy('a')).toBe(true)
  })
})

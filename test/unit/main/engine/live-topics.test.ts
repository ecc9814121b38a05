import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BATCH_MS,
  createTopicRegistry,
  GATHER_MS,
  silentLog,
  type TopicFrame,
} from '../../../../src/main/engine/index.ts'
import { BUSY_LIMIT_MS } from '../../../../src/main/engine/live-collection.ts'
import type { Task } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock, YEAR_2036 } from './manual-clock.ts'

function createTopics() {
  const clock = new ManualClock()
  const bugs: string[] = []
  const log = { ...silentLog, error: (_fields: object, message: string) => bugs.push(message) }
  const topics = createTopicRegistry({ epoch: 'epoch-1', clock, log })
  return { clock, topics, bugs, loads: topics.collection('tasks') }
}

/** Of a task only what these tests look at. */
function load(id: string, progress: number | null = 0): Task {
  return { id, progress } as unknown as Task
}

function explode(): never {
  throw new Error('a bug')
}

function watch(topics: ReturnType<typeof createTopics>['topics'], isBusy = () => false) {
  const frames: TopicFrame[] = []
  const subscription = topics.subscribe({ topic: 'tasks' }, (frame) => frames.push(frame), { isBusy })
  return { frames, subscription }
}

describe('a topic', () => {
  it('gives a snapshot at once and then one patch for all changes that come together', () => {
    const { clock, topics, loads } = createTopics()
    loads.upsert(load('a'))
    const { frames } = watch(topics)
    expect(frames).toEqual([{ t: 'snapshot', epoch: 'epoch-1', rev: 1, entities: [load('a')] }])
    loads.upsert(load('a', 1))
    loads.upsert(load('a', 2))
    loads.upsert(load('b'))
    loads.remove('b')
    loads.upsert(load('c'))
    clock.advance(GATHER_MS - 1)
    expect(frames).toHaveLength(1)
    clock.advance(1)
    expect(frames.slice(1)).toEqual([{ t: 'patch', rev: 6, upsert: [load('a', 2), load('c')], remove: ['b'] }])
  })

  it('hands out what follows in batches, and soon again after a pause', () => {
    const { clock, topics, loads } = createTopics()
    const { frames } = watch(topics)
    loads.upsert(load('a', 1))
    clock.advance(GATHER_MS)
    expect(frames).toHaveLength(2)
    loads.upsert(load('a', 2))
    clock.advance(BATCH_MS - 1)
    loads.upsert(load('b', 1))
    expect(frames).toHaveLength(2)
    clock.advance(1)
    expect(frames.slice(2)).toEqual([{ t: 'patch', rev: 3, upsert: [load('a', 2), load('b', 1)], remove: [] }])
    clock.advance(BATCH_MS)
    loads.upsert(load('a', 3))
    clock.advance(GATHER_MS)
    expect(frames).toHaveLength(4)
  })

  it('keeps its batches and its patience whatever the clock is set to', () => {
    for (const set of [
      (clock: ManualClock) => clock.setBack(600_000),
      (clock: ManualClock) => clock.setTo(YEAR_2036),
    ]) {
      const { clock, topics, loads } = createTopics()
      const { frames } = watch(topics)
      const slow = watch(topics, () => true)
      loads.upsert(load('a', 1))
      clock.advance(GATHER_MS)
      set(clock)
      loads.upsert(load('a', 2))
      clock.advance(BATCH_MS - 1)
      expect(frames).toHaveLength(2)
      clock.advance(1)
      expect(frames).toHaveLength(3)
      clock.advance(BUSY_LIMIT_MS - 5 * BATCH_MS)
      expect(slow.frames).toHaveLength(1)
      clock.advance(5 * BATCH_MS)
      expect(slow.frames.at(-1)).toMatchObject({ t: 'closed', error: { code: 'topic.subscriber-too-slow' } })
    }
  })

  it('hands out the entity itself, not a copy', () => {
    const { topics, loads } = createTopics()
    const entity = load('a')
    loads.upsert(entity)
    const { frames } = watch(topics)
    expect(frames[0]?.t === 'snapshot' && frames[0].entities[0]).toBe(entity)
  })

  it('makes no patch, no revision and no timer of an entity equal in value', () => {
    const { clock, topics, loads } = createTopics()
    loads.upsert(load('a', 5))
    const { frames } = watch(topics)
    loads.upsert(load('a', 5))
    loads.remove('nobody')
    loads.replaceAll([load('a', 5)])
    expect(topics.rev()).toBe(1)
    expect(clock.timerCount).toBe(0)
    clock.advance(BATCH_MS)
    expect(frames).toHaveLength(1)
  })

  it('turns replaceAll into the differences only', () => {
    const { clock, topics, loads } = createTopics()
    loads.replaceAll([load('a'), load('b'), load('c')])
    const { frames } = watch(topics)
    loads.replaceAll([load('a'), load('b', 9), load('d')])
    clock.advance(BATCH_MS)
    expect(frames.slice(1)).toEqual([{ t: 'patch', rev: 6, upsert: [load('b', 9), load('d')], remove: ['c'] }])
  })

  it('sets no timer while nobody watches', () => {
    const { clock, loads } = createTopics()
    loads.upsert(load('a'))
    expect(clock.timerCount).toBe(0)
  })

  it('sends nothing after unsubscribe', () => {
    const { clock, topics, loads } = createTopics()
    const { frames, subscription } = watch(topics)
    loads.upsert(load('a'))
    subscription.unsubscribe()
    clock.advance(BATCH_MS)
    expect(frames).toHaveLength(1)
  })

  it('merges patches for a busy subscriber until it has caught up, and serves the others meanwhile', () => {
    const { clock, topics, loads } = createTopics()
    let busy = true
    const slow = watch(topics, () => busy)
    const quick = watch(topics)
    loads.upsert(load('a', 1))
    clock.advance(BATCH_MS)
    loads.upsert(load('a', 2))
    loads.upsert(load('b', 1))
    clock.advance(BATCH_MS)
    expect(quick.frames).toHaveLength(3)
    expect(slow.frames).toHaveLength(1)
    busy = false
    clock.advance(BATCH_MS)
    expect(slow.frames.slice(1)).toEqual([{ t: 'patch', rev: 3, upsert: [load('a', 2), load('b', 1)], remove: [] }])
  })

  it('gives the others their patch when one subscriber throws, whose subscription ends', () => {
    const { clock, topics, loads, bugs } = createTopics()
    const frames: TopicFrame['t'][] = []
    const failing = (at: TopicFrame['t']) => (frame: TopicFrame) => {
      frames.push(frame.t)
      if (frame.t === at) throw new Error('a bug')
    }
    const before = watch(topics)
    topics.subscribe({ topic: 'tasks' }, failing('patch'))
    topics.subscribe({ topic: 'tasks' }, failing('snapshot'))
    topics.subscribe({ topic: 'tasks' }, failing('closed'))
    const after = watch(topics)
    for (const progress of [1, 2]) {
      loads.upsert(load('a', progress))
      clock.advance(BATCH_MS)
    }
    expect([before.frames.length, after.frames.length]).toEqual([3, 3])
    expect(frames).toEqual(['snapshot', 'snapshot', 'closed', 'snapshot', 'patch', 'closed', 'patch', 'patch'])
    topics.stop()
    expect(before.frames.at(-1)).toMatchObject({ t: 'closed', error: { code: 'engine.stopping' } })
    expect(bugs).toEqual(['a subscriber threw', 'a subscriber threw', 'a subscriber threw'])
  })

  it('rejects whoever waits with a predicate that throws, and tells the others', async () => {
    const { topics, loads } = createTopics()
    const limits = { timeoutMs: 1_000 }
    const never = topics.waitFor('tasks', 'a', (entity) => entity !== undefined && explode(), limits)
    const there = topics.waitFor('tasks', 'a', (entity) => entity !== undefined, limits)
    loads.upsert(load('a'))
    await expect(never).rejects.toThrow('a bug')
    expect(await there).toBe(true)
  })

  it('closes a subscription whose producer throws, whatever it throws', () => {
    const { topics, bugs } = createTopics()
    topics.produce('tasks', explode)
    const { frames } = watch(topics)
    expect(frames).toMatchObject([{ t: 'closed', error: { code: 'internal' } }])
    expect(bugs).toEqual(['a producer threw'])
  })

  it('closes a subscriber that stays busy too long', () => {
    const { clock, topics, loads } = createTopics()
    const { frames } = watch(topics, () => true)
    loads.upsert(load('a', 1))
    clock.advance(BUSY_LIMIT_MS + 2 * BATCH_MS)
    expect(frames.at(-1)).toMatchObject({ t: 'closed', error: { code: 'topic.subscriber-too-slow' } })
    loads.upsert(load('b', 1))
    expect(clock.timerCount).toBe(0)
  })

  it('replayed from any snapshot by its patches is the collection, however busy the reader was', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd')
    const step = fc.oneof(
      fc.record({ do: fc.constant('upsert' as const), id, value: fc.nat(3) }),
      fc.record({ do: fc.constant('remove' as const), id }),
      fc.record({ do: fc.constant('replaceAll' as const), ids: fc.uniqueArray(id), value: fc.nat(3) }),
      fc.record({ do: fc.constant('tick' as const), busy: fc.boolean() }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, joinAt) => {
        const { clock, topics, loads } = createTopics()
        let busy = false
        const mirror = new Map<string, unknown>()
        let revision = -1
        for (const [index, current] of steps.entries()) {
          if (index === Math.min(joinAt, steps.length - 1)) {
            topics.subscribe(
              { topic: 'tasks' },
              (frame) => {
                if (frame.t === 'closed') throw frame.error
                expect(frame.rev).toBeGreaterThanOrEqual(revision)
                revision = frame.rev
                if (frame.t === 'snapshot') for (const entity of frame.entities) mirror.set(entity.id, entity)
                else {
                  for (const entity of frame.upsert) mirror.set(entity.id, entity)
                  for (const gone of frame.remove) mirror.delete(gone)
                }
              },
              { isBusy: () => busy },
            )
          }
          if (current.do === 'upsert') loads.upsert(load(current.id, current.value))
          else if (current.do === 'remove') loads.remove(current.id)
          else if (current.do === 'replaceAll') loads.replaceAll(current.ids.map((one) => load(one, current.value)))
          else {
            busy = current.busy
            clock.advance(BATCH_MS)
          }
        }
        busy = false
        clock.advance(2 * BATCH_MS)
        if (steps.length > 0) expect(mirror).toEqual(new Map(loads.entities))
      }),
    )
  })

  it('takes 10,000 VMs and patches only the one that changed', () => {
    const { clock, topics, loads } = createTopics()
    for (let index = 0; index < 10_000; index++) loads.upsert(load(`vm-${index}`))
    const { frames } = watch(topics)
    loads.upsert(load('vm-7', 50))
    clock.advance(BATCH_MS)
    expect(frames[0]?.t === 'snapshot' && frames[0].entities.length).toBe(10_000)
    expect(frames[1]).toEqual({ t: 'patch', rev: 10_001, upsert: [load('vm-7', 50)], remove: [] })
  })
})

describe('a topic that is made while watched', () => {
  it('starts with the first subscriber of a key, is shared, and stops after the last', () => {
    const { topics } = createTopics()
    const log: string[] = []
    topics.produce('vm.xml', (collection, key = '') => {
      log.push(`start ${key}`)
      collection.upsert({ id: 'current', xml: `<domain>${key}</domain>` })
      return () => log.push(`stop ${key}`)
    })
    const frames: TopicFrame[] = []
    const first = topics.subscribe({ topic: 'vm.xml', key: 'one' }, (frame) => frames.push(frame))
    const second = topics.subscribe({ topic: 'vm.xml', key: 'one' }, (frame) => frames.push(frame))
    const other = topics.subscribe({ topic: 'vm.xml', key: 'two' }, () => undefined)
    expect(log).toEqual(['start one', 'start two'])
    expect(frames).toHaveLength(2)
    first.unsubscribe()
    expect(log).toHaveLength(2)
    second.unsubscribe()
    other.unsubscribe()
    expect(log).toEqual(['start one', 'start two', 'stop one', 'stop two'])
  })

  it('starts anew after it was stopped, with nothing left from before', () => {
    const { topics } = createTopics()
    let starts = 0
    topics.produce('vm.xml', (collection) => {
      starts++
      if (starts === 1) collection.upsert({ id: 'current', xml: 'old' })
      return () => undefined
    })
    topics.subscribe({ topic: 'vm.xml', key: 'one' }, () => undefined).unsubscribe()
    const frames: TopicFrame[] = []
    topics.subscribe({ topic: 'vm.xml', key: 'one' }, (frame) => frames.push(frame))
    expect(starts).toBe(2)
    expect(frames).toMatchObject([{ t: 'snapshot', entities: [] }])
  })

  it('closes the subscription with what the producer throws', () => {
    const { topics } = createTopics()
    const gone = new AppError('vm.not-found', { vmId: 'x' })
    topics.produce('vm.xml', () => {
      throw gone
    })
    const frames: TopicFrame[] = []
    topics.subscribe({ topic: 'vm.xml', key: 'never' }, (frame) => frames.push(frame))
    expect(frames).toEqual([{ t: 'closed', error: gone }])
  })

  it('can be closed by its producer later, which stops it', async () => {
    const { topics } = createTopics()
    const gone = new AppError('vm.not-found', { vmId: 'x' })
    let close: () => void = () => undefined
    let stopped = false
    topics.produce('vm.xml', (collection) => {
      close = () => collection.close(gone)
      return () => {
        stopped = true
      }
    })
    const frames: TopicFrame[] = []
    topics.subscribe({ topic: 'vm.xml', key: 'one' }, (frame) => frames.push(frame))
    close()
    expect(frames.at(-1)).toEqual({ t: 'closed', error: gone })
    expect(stopped).toBe(true)
  })
})

describe('the registry', () => {
  it.each([
    [{ topic: 'nonsense' }, 'topic.unknown'],
    [{ topic: 'toString' }, 'topic.unknown'],
    [{ topic: 'vm.stats' }, 'topic.key-required'],
    [{ topic: 'vm.stats', key: 'x' }, 'topic.unknown'],
  ])('answers a subscription to %j with %s', (address, code) => {
    const { topics } = createTopics()
    const frames: TopicFrame[] = []
    topics.subscribe(address, (frame) => frames.push(frame))
    expect(frames).toMatchObject([{ t: 'closed', error: { code } }])
  })

  it('gives the model with default settings before any are set', () => {
    const { topics, clock } = createTopics()
    expect(topics.model()).toMatchObject({ now: clock.now(), settings: { auditDays: 180 } })
    topics.collection('settings').upsert({ id: 'settings', ...topics.model().settings, auditDays: 3 })
    expect(topics.model().settings.auditDays).toBe(3)
  })

  it('waits for a state of an entity', async () => {
    const { topics, loads, clock } = createTopics()
    const until = (cpu: number, timeoutMs = 1_000, signal?: AbortSignal) =>
      topics.waitFor('tasks', 'a', (entity) => entity?.progress === cpu, {
        timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      })
    loads.upsert(load('a', 1))
    expect(await until(1)).toBe(true)
    const later = until(2)
    const never = until(3, 100)
    const controller = new AbortController()
    const aborted = until(4, 1_000, controller.signal)
    loads.upsert(load('a', 2))
    expect(await later).toBe(true)
    clock.advance(100)
    expect(await never).toBe(false)
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    expect(clock.timerCount).toBe(0)
  })

  it('closes everything when it stops', async () => {
    const { topics, clock } = createTopics()
    const { frames } = watch(topics)
    const waiting = topics.waitFor('tasks', 'a', () => false, { timeoutMs: 1_000 })
    topics.stop()
    expect(frames.at(-1)).toMatchObject({ t: 'closed', error: { code: 'engine.stopping' } })
    expect(await waiting).toBe(false)
    expect(clock.timerCount).toBe(0)
    expect(watch(topics).frames).toMatchObject([{ t: 'closed', error: { code: 'engine.stopping' } }])
  })
})

import { describe, expect, it, vi } from 'vitest'
import { createFrameQueue, createTaskScheduler } from '../../../src/renderer/stores/frame-queue.ts'

/** A queue whose tasks run when the test says so. */
function setUp(deliver: (frame: number) => void) {
  const tasks: (() => void)[] = []
  const queue = createFrameQueue<number>(deliver, (run) => tasks.push(run))
  return { queue, tasks, runTask: () => tasks.shift()?.() }
}

describe('frames from the engine', () => {
  it('are heard in their order, those that came meanwhile in one task', () => {
    const heard: number[] = []
    const { queue, tasks, runTask } = setUp((frame) => heard.push(frame))
    for (const frame of [1, 2, 3]) queue.push(frame)
    expect(heard).toEqual([])
    expect(tasks).toHaveLength(1)
    runTask()
    expect(heard).toEqual([1, 2, 3])
    queue.push(4)
    runTask()
    expect(heard).toEqual([1, 2, 3, 4])
    expect(tasks).toHaveLength(0)
  })

  it('are heard before the end of their connection is', () => {
    const heard: number[] = []
    const { queue, runTask } = setUp((frame) => heard.push(frame))
    queue.push(1)
    queue.flush()
    expect(heard).toEqual([1])
    runTask()
    expect(heard).toEqual([1])
  })

  it('are not lost behind one that could not be taken', () => {
    const heard: number[] = []
    const { queue, tasks, runTask } = setUp((frame) => {
      if (frame === 1) throw new Error('broken')
      heard.push(frame)
    })
    for (const frame of [1, 2, 3]) queue.push(frame)
    expect(runTask).toThrow('broken')
    expect(tasks).toHaveLength(1)
    runTask()
    expect(heard).toEqual([2, 3])
  })

  it('that one of them brings about come in the same task, behind it', () => {
    const heard: number[] = []
    const { queue, tasks, runTask } = setUp((frame) => {
      heard.push(frame)
      if (frame < 3) queue.push(frame + 1)
    })
    queue.push(1)
    runTask()
    expect(heard).toEqual([1, 2, 3])
    while (tasks.length > 0) runTask()
    expect(heard).toEqual([1, 2, 3])
  })
})

it('tasks run one by one, in their order, and not within the call', async () => {
  const { schedule, close } = createTaskScheduler()
  const seen: string[] = []
  schedule(() => {
    seen.push('first')
    void Promise.resolve().then(() => seen.push('after the first'))
  })
  schedule(() => seen.push('second'))
  expect(seen).toEqual([])
  await vi.waitFor(() => expect(seen).toEqual(['first', 'after the first', 'second']))
  close()
})

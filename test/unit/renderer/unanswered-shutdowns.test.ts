import { describe, expect, it } from 'vitest'
import { findUnanswered } from '../../../src/renderer/features/vms/stop/unanswered-shutdowns.ts'
import type { Task, TaskId } from '../../../src/shared/domain/index.ts'
import { guid } from './invented.ts'

const TASK = guid(9, 1) as TaskId
const shutdown = {
  id: TASK,
  command: 'vm.shutdown',
  user: 'kim',
  subject: { kind: 'vm', id: guid(5, 1), name: 'web' },
  rows: null,
  answer: { outcome: 'unanswered', at: 1 },
} as Task

describe('a guest that did not shut down in its time', () => {
  it.each<[string, Partial<Task>, number]>([
    ['is a question', {}, 1],
    ['while its time is not over, is none', { answer: null }, 0],
    ['and did it after all, is none', { answer: { outcome: 'done', at: 2 } }, 0],
    ['that somebody else asked, is theirs', { user: 'lee' }, 0],
    ['but was to reboot, is none', { command: 'vm.reboot' }, 0],
    ['among many, is none', { rows: { total: 2, running: 0, succeeded: 2, failed: 0, cancelled: 0, open: 0 } }, 0],
  ])('%s', (_what, change, count) => {
    expect(findUnanswered([{ ...shutdown, ...change }], 'kim', new Set())).toHaveLength(count)
  })

  it('is asked about once', () => {
    expect(findUnanswered([shutdown], 'kim', new Set())).toEqual([{ taskId: TASK, vmId: guid(5, 1) }])
    expect(findUnanswered([shutdown], 'kim', new Set([TASK]))).toEqual([])
  })
})

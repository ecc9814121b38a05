import { asksGuest, type Task, type TaskStatus } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

const TASK_TONES: Readonly<Record<TaskStatus, Tone>> = {
  queued: 'off',
  running: 'moving',
  undoing: 'moving',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'off',
  unknown: 'unknown',
  'left-behind': 'warning',
  abandoned: 'off',
  unreadable: 'unknown',
}

/** The word for a status (`common:taskStatus.<word>`): what only asks a guest is done when the guest has done it. */
export function decideWord(
  { status, answer }: Pick<Task, 'status' | 'answer'>,
  command: string,
): TaskStatus | 'asked' | 'unanswered' {
  if (status !== 'succeeded' || !asksGuest(command) || answer?.outcome === 'done') return status
  return answer?.outcome === 'unanswered' ? 'unanswered' : 'asked'
}

/** The mark of how a task stands. */
export function taskTone(task: Pick<Task, 'status' | 'answer'>, command: string): Tone {
  const word = decideWord(task, command)
  if (word === 'unanswered') return 'warning'
  if (word !== 'asked') return TASK_TONES[word]
  return task.answer === null ? 'moving' : 'off'
}

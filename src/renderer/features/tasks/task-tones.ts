import { asksGuest, type TaskStatus } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

export const TASK_TONES: Readonly<Record<TaskStatus, Tone>> = {
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

/** The word for a status (`common:taskStatus.<word>`): what only asks a guest is not done when it was asked. */
export function decideWord(status: TaskStatus, command: string): TaskStatus | 'asked' {
  return status === 'succeeded' && asksGuest(command) ? 'asked' : status
}

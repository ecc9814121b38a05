import type { TaskStatus } from '../../../shared/domain/index.ts'
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

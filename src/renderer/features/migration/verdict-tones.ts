import type { MigrationVerdict } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

export const VERDICT_TONES: Readonly<Record<MigrationVerdict['verdict'], Tone>> = {
  fits: 'ok',
  warning: 'warning',
  cannot: 'bad',
}

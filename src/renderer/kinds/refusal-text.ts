import type { TFunction } from 'i18next'
import type { RefusedGroup } from '../../shared/contract/index.ts'
import { describeError, describeErrorKind } from '../i18n/index.ts'

/** Why something may not be done, in one line: of one thing alone the whole reason, of several their kinds with numbers. */
export function describeRefusals(refused: readonly RefusedGroup[], t: TFunction): string {
  const [first] = refused
  if (first === undefined) return ''
  if (refused.length === 1 && first.count === 1) return describeError(first.error, t).title
  return refused
    .map(({ error, count }) => t('common:refused', { reason: describeErrorKind(error, t), count }))
    .join(' · ')
}

import type { TFunction } from 'i18next'
import { describeError, describeErrorKind, isolateName } from '../../i18n/index.ts'
import type { FailureGroup, Notice } from '../../stores/index.ts'

/** Names that stand in one line; the rest is counted. */
const NAMES_SHOWN = 3

/** What it is about in one line: what failed on what, or how far a command on many things is. Pure. */
export function titleOf({ command, batch, failures }: Notice, t: TFunction): string {
  const [first] = failures
  if (command === null) return first === undefined ? '' : describeError(first.error, t).title
  const words = t(`commands:${command}.title`)
  if (batch !== null) {
    const { total, done, isEnded } = batch
    return isEnded
      ? t('common:batch.ended', { command: words, total, done })
      : t('common:batch.running', { command: words, total })
  }
  return t('common:error.commandFailed', { command: words, name: first === undefined ? '' : namesOf(first, t) }).trim()
}

/** "web-01, web-02, web-03 and 2 more". Pure. */
export function namesOf({ subjects, count }: FailureGroup, t: TFunction): string {
  const shown = subjects.slice(-NAMES_SHOWN).map(isolateName)
  const rest = count - shown.length
  const names = shown.join(', ')
  // A failure that is about nothing that has a name is only counted when there is more than one.
  if (shown.length === 0) return count > 1 ? t('common:times', { count }) : ''
  return rest > 0 ? `${names} ${t('common:andMore', { count: rest })}` : names
}

/** Why things failed, of several the kind of it. Pure. */
export function reasonOf({ error, count, subjects }: FailureGroup, t: TFunction): string {
  return count === 1 || subjects.length === 0 ? describeError(error, t).title : describeErrorKind(error, t)
}

import type { TFunction } from 'i18next'
import type { AuditEvent } from '../../../shared/domain/index.ts'
import { describeError } from '../../i18n/index.ts'

/** One line of the trail in words. */
export function describeEvent(event: AuditEvent, t: TFunction): string {
  const command = event.command === null ? '' : t(`commands:${event.command}.title`, { defaultValue: event.command })
  const error = event.error === null ? '' : describeError(event.error, t).title
  return t(`events:${event.kind}`, {
    ...event.params,
    context: String(event.params.reason ?? ''),
    name: event.subject.name,
    command,
    error,
    defaultValue: event.kind,
  })
}

import type { TFunction } from 'i18next'
import type { AuditEvent, EventKind } from '../../../shared/domain/index.ts'
import { describeCause } from '../../i18n/index.ts'

/** What somebody does on a host; the rest happens by itself. */
const DONE_BY_SOMEBODY: ReadonlySet<EventKind> = new Set<EventKind>([
  'vm.defined',
  'vm.undefined',
  'vm.started',
  'vm.resumed',
  'vm.paused',
  'vm.stopped',
  'vm.rebooted',
  'vm.saved',
  'vm.migrated',
  'vm.changed',
])

/** One line of the trail in words; `causeOf` says what is told of its error. */
export function describeEvent(event: AuditEvent, t: TFunction, causeOf = describeCause): string {
  const title = event.command === null ? '' : t(`commands:${event.command}.title`, { defaultValue: event.command })
  const { object } = event.params
  // What is part of a host has no line of the tree: the trail is about the host.
  const command = typeof object === 'string' ? t('events:commandOn', { command: title, object }) : title
  const error = event.error === null ? '' : causeOf(event.error, t)
  const text = t(`events:${event.kind}`, {
    ...event.params,
    context: String(event.params.reason ?? ''),
    name: event.subject.name,
    command,
    error,
    defaultValue: event.kind,
  })
  // What a machine tells of a command that somebody gave: by that it is done.
  return event.kind.startsWith('vm.') && command !== '' ? t('events:answered', { command, text }) : text
}

/** Who did it, in words. */
export function describeActor({ user, kind }: Pick<AuditEvent, 'user' | 'kind'>, t: TFunction): string {
  if (user !== null) return user
  if (DONE_BY_SOMEBODY.has(kind)) return t('events:outside')
  return kind === 'host.connected' ? 'Virtdeck' : '—'
}

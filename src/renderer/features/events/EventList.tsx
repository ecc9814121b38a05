import { Button } from '@patternfly/react-core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEvent } from '../../../shared/domain/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column, DataTable } from '../../components/table/index.ts'
import { describeError, useFormat } from '../../i18n/index.ts'
import { useSameIds } from '../../kinds/index.ts'
import { isEntityName, showEntity, useCollection } from '../../stores/index.ts'
import { describeActor, describeEvent } from './event-text.ts'
import { isAbout } from './is-about.ts'
import { useOlderEvents } from './use-older-events.ts'

const TONES = { info: 'ok', warning: 'warning', error: 'bad' } as const
const keyOf = (event: AuditEvent) => event.id

/** Goes to what an event or task is about, if that still exists. */
export function showSubject(subject: AuditEvent['subject']): void {
  if (isEntityName(subject.kind)) showEntity(subject.kind, subject.id as never)
}

/**
 * The audit trail, newest first; with `subjectIds` only what is about those, of a host with what was on it. `objectId`: what holds all of
 * these, where it is one thing.
 */
export function EventList(props: { readonly subjectIds: readonly string[]; readonly objectId?: string | undefined }) {
  const { subjectIds, objectId } = props
  const { t } = useTranslation()
  const format = useFormat()
  const { entities, status } = useCollection('events')
  const about = useSameIds(subjectIds)
  // The engine pages through all of the trail, or through what is about one thing and what it holds.
  const { events, ...older } = useOlderEvents(entities, objectId ?? (about.length === 1 ? (about[0] ?? null) : null))
  const [opened, setOpened] = useState<string | null>(null)
  const rows = useMemo(
    () => [...events.values()].filter(({ subject, hostId }) => isAbout(about, subject.id, [hostId])),
    [events, about],
  )
  const columns = useMemo<readonly Column<AuditEvent>[]>(
    () => [
      {
        id: 'at',
        title: t('events:column.time'),
        width: '8.5rem',
        sortBy: ({ id }) => Number(id),
        render: ({ at }) => <time title={format.dateTime(at)}>{format.time(at)}</time>,
      },
      {
        id: 'severity',
        title: t('events:column.severity'),
        width: '6rem',
        sortBy: ({ severity }) => ['info', 'warning', 'error'].indexOf(severity),
        render: ({ severity }) => (
          <span className="vd-status">
            <StatusMark tone={TONES[severity]} /> {t(`events:severity.${severity}`)}
          </span>
        ),
      },
      {
        id: 'subject',
        title: t('events:column.subject'),
        width: '16%',
        sortBy: ({ subject }) => subject.name,
        render: ({ subject }) => (
          <CellLink onClick={() => showSubject(subject)}>
            <Name>{subject.name}</Name>
          </CellLink>
        ),
      },
      {
        id: 'text',
        title: t('events:column.event'),
        render: (event) => <EventText event={event} />,
      },
      {
        id: 'user',
        title: t('events:column.user'),
        width: '7rem',
        sortBy: ({ user }) => user,
        render: (event) => describeActor(event, t),
      },
    ],
    [t, format],
  )
  const event = opened === null ? undefined : events.get(opened)
  return (
    <div className="vd-events">
      <div className="vd-events__list">
        <DataTable
          label={t('events:label')}
          storageKey="events"
          columns={columns}
          rows={rows}
          rowKey={keyOf}
          initialSort={{ column: 'at', descending: true }}
          empty={status === 'loading' ? t('common:loading') : t('events:none')}
          selection={{
            selected: new Set(opened === null ? [] : [opened]),
            onChange: (keys) => setOpened([...keys].at(-1) ?? null),
          }}
          onOpen={({ id, error, subject }) => {
            // What has nothing to open, or is open already, leads on to what it is about.
            if (error === null || id === opened) showSubject(subject)
            else setOpened(id)
          }}
        />
        {older.hasOlder ? (
          <div className="vd-events__older">
            <Button variant="link" size="sm" isInline isLoading={older.isLoading} onClick={older.loadOlder}>
              {t(older.isLoading ? 'common:loading' : 'events:older')}
            </Button>
            {older.error === null ? null : <span role="alert">{describeError(older.error, t).title}</span>}
          </div>
        ) : null}
      </div>
      {event === undefined || event.error === null ? null : (
        <aside className="vd-events__details" aria-label={t('events:details')}>
          <ErrorDetails error={event.error} />
        </aside>
      )}
    </div>
  )
}

function EventText({ event }: { readonly event: AuditEvent }) {
  const { t } = useTranslation()
  const text = describeEvent(event, t)
  return <span title={text}>{text}</span>
}

import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEvent, HostId, VmId } from '../../../shared/domain/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Column, DataTable } from '../../components/table/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { showHost, showVm, useCollection } from '../../stores/index.ts'
import { describeEvent } from './event-text.ts'

const TONES = { info: 'ok', warning: 'warning', error: 'bad' } as const
const keyOf = (event: AuditEvent) => event.id

/** Goes to what an event or task is about, if that still exists. */
export function showSubject(subject: AuditEvent['subject']): void {
  if (subject.kind === 'host') showHost(subject.id as HostId)
  else if (subject.kind === 'vm') showVm(subject.id as VmId)
}

/** The audit trail, newest first; with `subjectId` only what is about that. */
export function EventList({ subjectId }: { readonly subjectId: string | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities, status } = useCollection('events')
  const [opened, setOpened] = useState<string | null>(null)
  const rows = useMemo(
    () => [...entities.values()].filter(({ subject }) => subjectId === null || subject.id === subjectId),
    [entities, subjectId],
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
          <button type="button" tabIndex={-1} className="vd-cell-link" onClick={() => showSubject(subject)}>
            {subject.name}
          </button>
        ),
      },
      { id: 'text', title: t('events:column.event'), render: (event) => describeEvent(event, t) },
      {
        id: 'user',
        title: t('events:column.user'),
        width: '7rem',
        sortBy: ({ user }) => user,
        render: ({ user }) => user ?? t('events:outside'),
      },
    ],
    [t, format],
  )
  const event = opened === null ? undefined : entities.get(opened)
  return (
    <div className="vd-events">
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
      {event === undefined || event.error === null ? null : (
        <aside className="vd-events__details" aria-label={t('events:details')}>
          <ErrorDetails error={event.error} />
        </aside>
      )}
    </div>
  )
}

import { Button } from '@patternfly/react-core'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Column, DataTable } from '../../components/table/index.ts'
import { isolateName, useFormat } from '../../i18n/index.ts'
import { clearNotices, type FailureGroup, markNoticesSeen, type Notice, useNotices } from '../../stores/index.ts'
import { namesOf, reasonOf, titleOf } from './notice-text.ts'

interface FailureRow {
  readonly id: string
  readonly notice: Notice
  readonly group: FailureGroup
}

const keyOf = (row: FailureRow) => row.id

/** How many kinds of failure the list has, and whether somebody has seen them. */
export function useFailureCount(): { readonly count: number; readonly isSeen: boolean } {
  const failed = useNotices().filter(({ failures }) => failures.length > 0)
  return {
    count: failed.reduce((sum, { failures }) => sum + failures.length, 0),
    isSeen: failed.every(({ isSeen }) => isSeen),
  }
}

/** What failed in this window, the latest first: what was told in toasts stays here until it is cleared. */
export function FailureList() {
  const { t } = useTranslation()
  const format = useFormat()
  const notices = useNotices()
  const [opened, setOpened] = useState<string | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what comes while the list is on show is seen too.
  useEffect(() => markNoticesSeen(), [notices])
  const rows = useMemo(
    () =>
      notices.flatMap((notice) =>
        notice.failures.map((group, index): FailureRow => ({ id: `${notice.id}-${index}`, notice, group })),
      ),
    [notices],
  )
  const columns = useMemo<readonly Column<FailureRow>[]>(
    () => [
      {
        id: 'at',
        title: t('events:column.time'),
        width: '8.5rem',
        sortBy: ({ notice }) => notice.at,
        render: ({ notice: { at } }) => <time title={format.dateTime(at)}>{format.time(at)}</time>,
      },
      {
        id: 'what',
        title: t('common:failures.what'),
        width: '18%',
        render: ({ notice }) => (
          <span className="vd-status">
            <StatusMark tone="bad" />{' '}
            {notice.command === null ? titleOf(notice, t) : t(`commands:${notice.command}.title`)}
          </span>
        ),
      },
      { id: 'on', title: t('common:task.column.on'), width: '24%', render: ({ group }) => namesOf(group, t) },
      {
        id: 'count',
        title: t('common:failures.count'),
        width: '5rem',
        align: 'end',
        sortBy: ({ group }) => group.count,
        render: ({ group }) => format.number(group.count),
      },
      { id: 'reason', title: t('common:failures.reason'), render: ({ group }) => reasonOf(group, t) },
    ],
    [t, format],
  )
  const shown = rows.find(({ id }) => id === opened)
  return (
    <div className="vd-events">
      <DataTable
        label={t('frame:dock.failures')}
        storageKey="failures"
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        initialSort={{ column: 'at', descending: true }}
        empty={t('common:failures.none')}
        selection={{
          selected: new Set(opened === null ? [] : [opened]),
          onChange: (keys) => setOpened([...keys].at(-1) ?? null),
        }}
        onOpen={({ id }) => setOpened(id)}
      />
      <aside className="vd-events__details" aria-label={t('events:details')}>
        {shown === undefined ? null : (
          <>
            <ErrorDetails error={shown.group.error} />
            {shown.group.count > 1 ? (
              <p className="vd-break">
                {t('common:failures.all', { names: shown.group.subjects.map(isolateName).join(', ') })}
              </p>
            ) : null}
          </>
        )}
        <Button
          variant="secondary"
          size="sm"
          onClick={() => {
            setOpened(null)
            clearNotices()
          }}
        >
          {t('common:failures.clear')}
        </Button>
      </aside>
    </div>
  )
}

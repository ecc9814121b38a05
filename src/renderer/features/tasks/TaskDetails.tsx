import { Button } from '@patternfly/react-core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Task, TaskRow } from '../../../shared/domain/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Column, DataTable } from '../../components/table/index.ts'
import { describeCause } from '../../i18n/index.ts'
import { useCollection, useRunCommand } from '../../stores/index.ts'
import { showSubject } from '../events/index.ts'
import { TaskLog } from './TaskLog.tsx'
import { TaskSteps } from './TaskSteps.tsx'
import { decideWord, taskTone } from './task-tones.ts'

/** True where there is more to show of a task than its row says. */
export function hasDetails({ steps, rows, error }: Task): boolean {
  return steps.length > 0 || rows !== null || error !== null
}

/** What a task does step by step, or row by row, why it ended as it did, and what a person can do about one that is open. */
export function TaskDetails({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  return (
    <aside className="vd-events__details" aria-label={t('common:task.details')}>
      <OpenTask task={task} />
      {task.error === null ? null : <ErrorDetails error={task.error} />}
      <TaskSteps steps={task.steps} />
      {task.rows === null ? null : <Rows task={task} />}
      {task.command === 'host.install' ? <TaskLog taskId={task.id} /> : null}
    </aside>
  )
}

const keyOfRow = (row: TaskRow) => row.id

function Rows({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  const { entities, status } = useCollection('task.rows', task.id)
  const rows = useMemo(() => [...entities.values()], [entities])
  const columns = useMemo<readonly Column<TaskRow>[]>(
    () => [
      {
        id: 'on',
        title: t('common:task.column.on'),
        width: '40%',
        sortBy: ({ subject }) => subject.name,
        render: ({ subject }) => (
          <button type="button" tabIndex={-1} className="vd-cell-link" onClick={() => showSubject(subject)}>
            <Name>{subject.name}</Name>
          </button>
        ),
      },
      {
        id: 'status',
        title: t('common:task.column.progress'),
        width: '30%',
        sortBy: (row) => ROW_ORDER.indexOf(row.status),
        render: (row) => (
          <span className="vd-status">
            <StatusMark tone={taskTone(row, task.command)} /> {t(`common:taskStatus.${decideWord(row, task.command)}`)}
          </span>
        ),
      },
      {
        id: 'why',
        title: t('common:task.column.why'),
        render: ({ error }) => (error === null ? '' : describeCause(error, t)),
      },
    ],
    [t, task.command],
  )
  return (
    <div className="vd-task-rows">
      <DataTable
        label={t('common:task.rows', { count: task.rows?.total ?? 0 })}
        storageKey="task-rows"
        columns={columns}
        rows={rows}
        rowKey={keyOfRow}
        initialSort={{ column: 'status', descending: false }}
        empty={status === 'loading' ? t('common:loading') : t('common:task.none')}
        onOpen={({ subject }) => showSubject(subject)}
      />
    </div>
  )
}

/** What asks for attention comes first. */
const ROW_ORDER: readonly TaskRow['status'][] = [
  'failed',
  'left-behind',
  'unknown',
  'unreadable',
  'running',
  'undoing',
  'queued',
  'cancelled',
  'abandoned',
  'succeeded',
]

/** For one that waits for its host: try it now, or end it as it stands. */
function OpenTask({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const [asking, setAsking] = useState(false)
  const waits = task.status === 'unknown' || task.status === 'left-behind'
  if (!waits && task.status !== 'unreadable') return null
  const input = { operationId: task.id }
  return (
    <div className="vd-open-task">
      <p>{t(`common:task.open.${task.status}`)}</p>
      {waits ? (
        <Button variant="secondary" size="sm" onClick={() => void run('operation.retry', input, task.subject.name)}>
          {t('commands:operation.retry.title')}
        </Button>
      ) : null}{' '}
      {asking ? (
        <>
          <span role="alert">{t('common:task.abandonQuestion')}</span>{' '}
          <Button variant="danger" size="sm" onClick={() => void run('operation.abandon', input, task.subject.name)}>
            {t('commands:operation.abandon.title')}
          </Button>{' '}
          <Button variant="link" size="sm" onClick={() => setAsking(false)}>
            {t('common:cancel')}
          </Button>
        </>
      ) : (
        <Button variant="link" size="sm" onClick={() => setAsking(true)}>
          {t('common:task.abandon')}
        </Button>
      )}
    </div>
  )
}

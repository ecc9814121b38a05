import { Button, Progress, ProgressMeasureLocation } from '@patternfly/react-core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isOpenStatus, type Task } from '../../../shared/domain/index.ts'
import { Unknown } from '../../components/Card.tsx'
import { TimesIcon } from '../../components/icons.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column, DataTable } from '../../components/table/index.ts'
import { describeCause, useFormat } from '../../i18n/index.ts'
import { useSameIds } from '../../kinds/index.ts'
import { useCollection, useNow, useRunCommand } from '../../stores/index.ts'
import { isAbout, showSubject } from '../events/index.ts'
import { hasDetails, TaskDetails } from './TaskDetails.tsx'
import { decideWord, taskTone } from './task-tones.ts'

const keyOf = (task: Task) => task.id

/** Whether a task is at work, or waits for its turn. */
export function isOpen({ status }: Pick<Task, 'status'>): boolean {
  return status === 'queued' || status === 'running' || status === 'undoing'
}

/** Running work and what finished lately, newest first; with `subjectIds` only what is about those, or done on those hosts. */
export function TaskList({ subjectIds }: { readonly subjectIds: readonly string[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities, status } = useCollection('tasks')
  const about = useSameIds(subjectIds)
  const [opened, setOpened] = useState<string | null>(null)
  const rows = useMemo(
    () =>
      [...entities.values()].filter(({ subject, steps }) =>
        isAbout(
          about,
          subject.id,
          steps.map(({ hostId }) => hostId),
        ),
      ),
    [entities, about],
  )
  const columns = useMemo<readonly Column<Task>[]>(
    () => [
      {
        id: 'task',
        title: t('common:task.column.task'),
        width: '15%',
        sortBy: (task) => task.command,
        render: (task) => t(`commands:${task.command}.title`, { defaultValue: task.command }),
      },
      {
        id: 'on',
        title: t('common:task.column.on'),
        width: '14%',
        sortBy: ({ subject }) => subject.name,
        render: ({ subject }) => (
          <CellLink onClick={() => showSubject(subject)}>
            <Name>{subject.name}</Name>
          </CellLink>
        ),
      },
      {
        id: 'progress',
        title: t('common:task.column.progress'),
        width: '17%',
        render: (task) => <TaskProgress task={task} />,
      },
      { id: 'now', title: t('common:task.column.now'), render: (task) => <TaskNow task={task} /> },
      {
        id: 'by',
        title: t('common:task.column.by'),
        width: '5rem',
        sortBy: ({ user }) => user,
        render: ({ user }) => user,
      },
      {
        id: 'started',
        title: t('common:task.column.started'),
        width: '8rem',
        sortBy: (task) => task.order,
        render: (task) => {
          const at = task.startedAt ?? task.queuedAt
          return <time title={format.dateTime(at)}>{format.time(at)}</time>
        },
      },
      { id: 'cancel', title: '', width: '3rem', render: (task) => <CancelButton task={task} /> },
    ],
    [t, format],
  )
  const task = opened === null ? undefined : entities.get(opened)
  return (
    <div className="vd-events">
      <DataTable
        label={t('common:task.label')}
        storageKey="tasks"
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        initialSort={{ column: 'started', descending: true }}
        empty={status === 'loading' ? t('common:loading') : t('common:task.none')}
        selection={{
          selected: new Set(opened === null ? [] : [opened]),
          onChange: (keys) => setOpened([...keys].at(-1) ?? null),
        }}
        onOpen={(task) => {
          // What has nothing to open, or is open already, leads on to what it is about.
          if (!hasDetails(task) || task.id === opened) showSubject(task.subject)
          else setOpened(task.id)
        }}
      />
      {task === undefined || !hasDetails(task) ? null : <TaskDetails key={task.id} task={task} />}
    </div>
  )
}

function TaskProgress({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  if (!isOpen(task)) {
    return (
      <span className="vd-status">
        <StatusMark tone={taskTone(task, task.command)} /> {t(`common:taskStatus.${decideWord(task, task.command)}`)}
      </span>
    )
  }
  if (task.progress === null) return t(`common:taskStatus.${task.status}`)
  return (
    <Progress
      className="vd-progress"
      size="sm"
      value={Math.round(task.progress * 100)}
      measureLocation={ProgressMeasureLocation.outside}
      aria-label={t('common:task.progressOf', { name: task.subject.name })}
    />
  )
}

/** What it does now, or how it ended. */
function TaskNow({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (task.cancelRequested && isOpen(task)) return t('common:task.cancelling')
  if (task.rows !== null && task.rows.total > 0) return t('common:task.rowCounts', { ...task.rows })
  if (isOpen(task)) {
    const step =
      task.step === null ? null : t(`steps:${task.step.key}`, { ...task.step.params, defaultValue: task.step.key })
    return (
      <>
        {step ?? t(`common:taskStatus.${task.status}`)}{' '}
        {task.startedAt === null ? null : <Running since={task.startedAt} />}
      </>
    )
  }
  if (isOpenStatus(task.status)) return t(`common:task.open.${task.status}`, { defaultValue: '—' })
  if (task.error !== null) {
    const cause = describeCause(task.error, t)
    return <span title={cause}>{cause}</span>
  }
  if (decideWord(task, task.command) !== task.status) {
    const answer = task.answer?.outcome ?? 'asked'
    return t(`common:task.answer.${answer}`)
  }
  const endedAt = task.answer?.at ?? task.finishedAt
  if (task.startedAt === null || endedAt === null) return <Unknown />
  const seconds = (endedAt - task.startedAt) / 1_000
  return t('common:task.took', {
    time:
      seconds < 60
        ? t('common:seconds', { value: format.number(Math.round(seconds * 10) / 10) })
        : format.duration(seconds * 1_000),
  })
}

function Running({ since }: { readonly since: number }) {
  const format = useFormat()
  const now = useNow()
  return <span className="vd-subtle">{format.duration(now - since)}</span>
}

function CancelButton({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  if (!isOpen(task) || !task.cancellable) return null
  return (
    <Button
      variant="plain"
      size="sm"
      icon={<TimesIcon />}
      aria-label={t('common:task.cancel', { name: task.subject.name })}
      isDisabled={task.cancelRequested}
      onClick={() => void run('task.cancel', { taskId: task.id }, task.subject.name)}
    />
  )
}

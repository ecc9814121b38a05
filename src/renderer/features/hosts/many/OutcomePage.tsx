import { Button } from '@patternfly/react-core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskRow } from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { Name } from '../../../components/Name.tsx'
import { StatusMark } from '../../../components/StatusMark.tsx'
import { useCollection, useRunCommand } from '../../../stores/index.ts'
import { isOpen, taskTone } from '../../tasks/index.ts'

/** Hosts that are being added in one call, or were. */
export interface Adding {
  readonly total: number
  /** Tasks that were there before it began: its own is none of them. */
  readonly before: ReadonlySet<string>
  /** Known once it has ended. */
  readonly taskId: string | null
  /** Why none was added at all, or how many were not; null: it runs, or all were added. */
  readonly error: WireError | null
  readonly isEnded: boolean
}

/** True where nothing was begun: the call was refused as a whole. */
export function isRefused({ isEnded, error, taskId }: Adding): boolean {
  return isEnded && error !== null && taskId === null
}

/** What becomes of each host, as it goes. */
export function OutcomePage({ adding }: { readonly adding: Adding }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const { entities: tasks } = useCollection('tasks')
  const task =
    adding.taskId === null
      ? [...tasks.values()].find(
          ({ id, command, rows }) => command === 'host.add' && rows?.total === adding.total && !adding.before.has(id),
        )
      : tasks.get(adding.taskId)
  return (
    <div aria-live="polite">
      {isRefused(adding) && adding.error !== null ? <ErrorDetails error={adding.error} /> : null}
      {task === undefined ? null : (
        <>
          <div className="vd-many__ways">
            <span role="status">{t('common:task.rowCounts', { ...task.rows })}</span>
            {isOpen(task) && task.cancellable ? (
              <Button
                variant="secondary"
                size="sm"
                isDisabled={task.cancelRequested}
                onClick={() => void run('task.cancel', { taskId: task.id }, task.subject.name)}
              >
                {t('hosts:many.cancelAdding')}
              </Button>
            ) : null}
          </div>
          <OutcomeRows taskId={task.id} command={task.command} />
        </>
      )}
    </div>
  )
}

function OutcomeRows({ taskId, command }: { readonly taskId: string; readonly command: string }) {
  const { t } = useTranslation()
  const { entities } = useCollection('task.rows', taskId)
  const rows = useMemo(() => [...entities.values()].sort((a, b) => a.position - b.position), [entities])
  return (
    <ul className="vd-verdicts" aria-label={t('hosts:many.outcomes')}>
      {rows.map((row) => (
        <li key={row.id} className="vd-verdicts__line" data-host={row.subject.name} data-outcome={row.status}>
          <div className="vd-verdicts__head">
            <Name className="vd-verdicts__name">{row.subject.name}</Name>
            <span className="vd-status vd-verdicts__word">
              <StatusMark tone={taskTone(row, command)} />
              <RowWord row={row} />
            </span>
          </div>
          {row.error === null ? null : <ErrorDetails error={row.error} />}
        </li>
      ))}
    </ul>
  )
}

function RowWord({ row }: { readonly row: TaskRow }) {
  const { t } = useTranslation()
  if (row.status === 'succeeded') return t('hosts:many.added')
  if (row.status === 'running' && row.step !== null) {
    return t(`steps:${row.step.key}`, { ...row.step.params, defaultValue: row.step.key })
  }
  return t(`common:taskStatus.${row.status}`)
}

import { Alert, Progress, ProgressMeasureLocation } from '@patternfly/react-core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandPlan, HostCheck } from '../../../shared/contract/index.ts'
import type { Task } from '../../../shared/domain/index.ts'
import { PlanPage } from '../../components/wizard/index.ts'
import { useCollection } from '../../stores/index.ts'
import { isOpen, TaskLog, TaskSteps } from '../tasks/index.ts'
import { CheckList } from './CheckList.tsx'

/** What lacks on a host, what installing it will do, what of that stays, and the log once it has begun. */
export function InstallPage(props: {
  readonly address: string
  readonly checks: readonly HostCheck[]
  readonly plan: CommandPlan
}) {
  const { t } = useTranslation()
  const task = useInstallation(props.address)
  return (
    <>
      {task === undefined ? (
        <>
          <CheckList checks={props.checks.filter(({ outcome }) => outcome !== 'not-run')} />
          <PlanPage plan={props.plan} />
        </>
      ) : (
        <InstallationProgress task={task} />
      )}
      <Alert
        isInline
        variant="warning"
        title={t('hosts:install.stays')}
        component="h2"
        variantLabel={t('common:error.warning')}
      >
        {t('hosts:install.staysBody')}
      </Alert>
      {task === undefined ? null : <TaskLog taskId={task.id} />}
    </>
  )
}

/** The installation on a host that is at work, or that was while this page was open: its log is read also when it has failed. */
function useInstallation(address: string): Task | undefined {
  const { entities: tasks } = useCollection('tasks')
  const { entities: hosts } = useCollection('hosts')
  const [seen, setSeen] = useState<string | null>(null)
  const atWork = [...tasks.values()].find(
    (task) =>
      task.command === 'host.install' &&
      // A host of the inventory that gets back what it lost is known by its id.
      (task.subject.id === address || hosts.get(task.subject.id)?.address === address) &&
      isOpen(task),
  )
  const id = atWork?.id ?? null
  useEffect(() => {
    if (id !== null) setSeen(id)
  }, [id])
  return atWork ?? (seen === null ? undefined : tasks.get(seen))
}

/** How far it is, in all and step by step. */
function InstallationProgress({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  const percent = Math.round((task.progress ?? 0) * 100)
  return (
    <>
      {isOpen(task) ? (
        <Progress
          size="sm"
          value={percent}
          measureLocation={ProgressMeasureLocation.outside}
          aria-label={t('common:task.progressOf', { name: task.subject.name })}
        />
      ) : null}
      <TaskSteps steps={task.steps} />
    </>
  )
}

import { Alert } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { CommandPlan, HostCheck } from '../../../shared/contract/index.ts'
import { PlanPage } from '../../components/wizard/index.ts'
import { useCollection } from '../../stores/index.ts'
import { TaskLog } from '../tasks/index.ts'
import { CheckList } from './CheckList.tsx'

/** What lacks on a host, what installing it will do, what of that stays, and the log once it has begun. */
export function InstallPage(props: {
  readonly address: string
  readonly checks: readonly HostCheck[]
  readonly plan: CommandPlan
}) {
  const { t } = useTranslation()
  const { entities: tasks } = useCollection('operations')
  const task = [...tasks.values()].find(
    ({ command, subject }) => command === 'host.install' && subject.id === props.address,
  )
  return (
    <div aria-live="polite">
      {task === undefined ? <CheckList checks={props.checks.filter(({ outcome }) => outcome !== 'not-run')} /> : null}
      <PlanPage plan={props.plan} />
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
    </div>
  )
}

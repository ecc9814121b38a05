import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { SubjectProblem } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { describeError, useFormat } from '../../i18n/index.ts'
import { isEntityName, showEntity } from '../../stores/index.ts'

/** So many stand at the top of a summary; more would push all else out of sight. */
const SHOWN = 5

/** Problems of what a datacenter or a cluster holds, worst first, each with its remedy and the way to what it is about. */
export function SubjectProblems(props: {
  readonly problems: readonly SubjectProblem[]
  /** All there are; only the worst are sent. */
  readonly count: number
  /** Where the rest can be seen. */
  readonly onShowAll: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  if (props.count === 0) return null
  const shown = props.problems.slice(0, SHOWN)
  const rest = props.count - shown.length
  return (
    <Card title={t('clusters:problems.title')} aside={format.number(props.count)} className="vd-card--problems">
      <ul className="vd-problems" aria-label={t('clusters:problems.title')}>
        {shown.map((problem) => (
          <ProblemLine
            key={`${problem.subject.id} ${problem.error.code} ${JSON.stringify(problem.error.params)}`}
            problem={problem}
          />
        ))}
      </ul>
      {rest > 0 ? (
        <Button variant="link" size="sm" isInline onClick={props.onShowAll}>
          {t('clusters:problems.more', { count: rest })}
        </Button>
      ) : null}
    </Card>
  )
}

function ProblemLine({ problem: { severity, error, subject } }: { readonly problem: SubjectProblem }) {
  const { t } = useTranslation()
  const { kind, id, name } = subject
  return (
    <li className="vd-problems__line" data-severity={severity}>
      <StatusMark
        tone={severity === 'error' ? 'bad' : 'warning'}
        label={t(severity === 'error' ? 'common:error.error' : 'common:error.warning')}
      />
      <div>
        <p className="vd-problems__head">
          {isEntityName(kind) ? (
            <button type="button" className="vd-cell-link" onClick={() => showEntity(kind, id as never)}>
              <Name>{name}</Name>
            </button>
          ) : (
            <Name>{name}</Name>
          )}
          <strong>{describeError(error, t).title}</strong>
        </p>
        <ErrorDetails error={error} titleHidden />
      </div>
    </li>
  )
}

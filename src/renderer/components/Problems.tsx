import { Alert } from '@patternfly/react-core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../shared/domain/index.ts'
import { describeError } from '../i18n/index.ts'
import { ErrorDetails } from './ErrorDetails.tsx'

/** Problems of what is shown, worst first, each with what to do about it. */
export function Problems(props: { readonly problems: readonly Problem[]; readonly actions?: ReactNode }) {
  const { t } = useTranslation()
  return props.problems.map((problem) => (
    <Alert
      key={`${problem.error.code} ${JSON.stringify(problem.error.params)}`}
      isInline
      variant={problem.severity === 'error' ? 'danger' : 'warning'}
      title={describeError(problem.error, t).title}
      component="h2"
      variantLabel={t(problem.severity === 'error' ? 'common:error.error' : 'common:error.warning')}
      className="vd-problem"
      {...(props.actions === undefined ? {} : { actionLinks: props.actions })}
    >
      <ErrorDetails error={problem.error} titleHidden />
    </Alert>
  ))
}

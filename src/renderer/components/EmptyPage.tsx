import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Spinner } from '@patternfly/react-core'
import type { ReactNode } from 'react'

/** Says why a place shows nothing, and what to do. */
export function EmptyPage(props: {
  readonly title: string
  readonly body?: ReactNode
  readonly busy?: boolean
  readonly actions?: ReactNode
}) {
  return (
    <EmptyState
      titleText={props.title}
      headingLevel="h1"
      variant="sm"
      className="vd-empty"
      {...(props.busy === true ? { icon: () => <Spinner size="lg" aria-label={props.title} /> } : {})}
    >
      {props.body === undefined ? null : <EmptyStateBody>{props.body}</EmptyStateBody>}
      {props.actions === undefined ? null : (
        <EmptyStateFooter>
          <EmptyStateActions>{props.actions}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  )
}

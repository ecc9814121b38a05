import { Alert } from '@patternfly/react-core'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { WireError } from '../../../shared/errors/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { describeError, useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'
import { describeEvent } from './event-text.ts'
import { findLastFailure } from './find-last-failure.ts'

/** The cause stands below it, with what to do. */
const titleOf = (error: WireError, t: TFunction) => describeError(error, t).title

/** Why something that does not run may not be running: what last went wrong with it, by the latest lines of the trail. */
export function LastFailure({ subjectId }: { readonly subjectId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('events')
  const event = useMemo(() => findLastFailure(entities.values(), subjectId), [entities, subjectId])
  if (event === null) return null
  return (
    <Alert
      isInline
      variant="danger"
      component="h2"
      className="vd-problem"
      variantLabel={t('common:error.error')}
      title={t('events:lastFailure', { time: format.time(event.at), event: describeEvent(event, t, titleOf) })}
    >
      {event.error === null ? null : <ErrorDetails error={event.error} titleHidden />}
    </Alert>
  )
}

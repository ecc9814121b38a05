import { Alert, AlertActionCloseButton } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { describeError } from '../../i18n/index.ts'
import { foldNotices, useNotices } from '../../stores/index.ts'

/** What the window says for a moment, and commands that failed. */
export function ConsoleNotices({
  note,
  onNoteRead,
}: {
  readonly note: string | null
  readonly onNoteRead: () => void
}) {
  const { t } = useTranslation()
  const failed = useNotices()
    .filter(({ isToast }) => isToast)
    .flatMap(({ id, failures }) => failures.map(({ error }) => ({ id, error })))
  return (
    <div className="vd-console__notices">
      <div aria-live="polite">
        {note === null ? null : (
          <Alert
            isInline
            variant="info"
            component="p"
            variantLabel={t('common:error.info')}
            title={note}
            actionClose={<AlertActionCloseButton onClose={onNoteRead} aria-label={t('common:close')} />}
          />
        )}
      </div>
      {failed.map(({ id, error }) => (
        <Alert
          key={id + error.code}
          isInline
          variant="danger"
          component="p"
          variantLabel={t('common:error.error')}
          title={describeError(error, t).title}
          actionClose={
            <AlertActionCloseButton onClose={() => foldNotices([id], true)} aria-label={t('common:close')} />
          }
        >
          <ErrorDetails error={error} titleHidden />
        </Alert>
      ))}
    </div>
  )
}

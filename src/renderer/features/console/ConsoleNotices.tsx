import { Alert, AlertActionCloseButton } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { describeError } from '../../i18n/index.ts'
import { dismissNotice, useNotices } from '../../stores/index.ts'

/** What the window says for a moment, and commands that failed. */
export function ConsoleNotices({
  note,
  onNoteRead,
}: {
  readonly note: string | null
  readonly onNoteRead: () => void
}) {
  const { t } = useTranslation()
  const notices = useNotices()
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
      {notices.map(({ id, error }) => (
        <Alert
          key={id}
          isInline
          variant="danger"
          component="p"
          variantLabel={t('common:error.error')}
          title={describeError(error, t).title}
          actionClose={<AlertActionCloseButton onClose={() => dismissNotice(id)} aria-label={t('common:close')} />}
        >
          <ErrorDetails error={error} titleHidden />
        </Alert>
      ))}
    </div>
  )
}

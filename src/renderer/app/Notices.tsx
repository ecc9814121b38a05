import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { ErrorDetails } from '../components/ErrorDetails.tsx'
import { describeError } from '../i18n/index.ts'
import { dismissNotice, useNotices } from '../stores/index.ts'

/** What failed, in the corner, until it is closed. */
export function Notices() {
  const { t } = useTranslation()
  const notices = useNotices()
  return (
    <AlertGroup isToast isLiveRegion aria-label={t('frame:notices')}>
      {notices.map(({ id, command, subject, error }) => (
        <Alert
          key={id}
          variant="danger"
          component="h2"
          variantLabel={t('common:error.error')}
          title={
            command === null
              ? describeError(error, t).title
              : t('common:error.commandFailed', {
                  command: t(`commands:${command}.title`),
                  name: subject ?? '',
                }).trim()
          }
          actionClose={<AlertActionCloseButton aria-label={t('common:close')} onClose={() => dismissNotice(id)} />}
        >
          <ErrorDetails error={error} titleHidden={command === null} />
        </Alert>
      ))}
    </AlertGroup>
  )
}

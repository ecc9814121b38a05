import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { StatusMark } from '../components/StatusMark.tsx'
import { useConnection, useEngineClient } from '../stores/index.ts'

/** Says that what is shown is no longer kept current, while the engine is away. */
export function ConnectionBanner() {
  const { t } = useTranslation()
  const client = useEngineClient()
  const connection = useConnection()
  if (connection !== 'lost' && connection !== 'closed') return null
  return (
    <div className="vd-banner" role="status">
      <StatusMark tone="warning" /> {t('frame:connection.banner')}
      <Button variant="link" isInline size="sm" onClick={() => client.retryNow()}>
        {t('frame:connection.retry')}
      </Button>
    </div>
  )
}

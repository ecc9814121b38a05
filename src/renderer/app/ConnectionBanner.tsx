import { Button } from '@patternfly/react-core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { StatusMark } from '../components/StatusMark.tsx'
import { useFormat } from '../i18n/index.ts'
import { useConnection, useEngineClient, useNow } from '../stores/index.ts'

/** While the engine is away: says how old everything is, and has the page take its colours back. */
export function ConnectionBanner() {
  const connection = useConnection()
  const isGone = connection === 'lost' || connection === 'closed'
  useEffect(() => {
    document.documentElement.toggleAttribute('data-engine-gone', isGone)
  }, [isGone])
  return isGone ? <Banner /> : null
}

function Banner() {
  const { t } = useTranslation()
  const format = useFormat()
  const client = useEngineClient()
  // Counts on; the age itself is the client's.
  useNow()
  return (
    <section className="vd-banner" aria-label={t('frame:connection.lost')}>
      <StatusMark tone="warning" />
      <strong role="status">{t('frame:connection.banner')}</strong>
      <span>{t('frame:connection.age', { age: format.duration(client.silentMs()) })}</span>
      <Button variant="link" isInline size="sm" onClick={() => client.retryNow()}>
        {t('frame:connection.retry')}
      </Button>
    </section>
  )
}

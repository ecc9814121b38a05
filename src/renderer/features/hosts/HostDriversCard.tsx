import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { StatusMark, type Tone } from '../../components/StatusMark.tsx'

const TONES: Readonly<Record<Host['drivers'][number]['status'], Tone>> = {
  up: 'ok',
  connecting: 'moving',
  absent: 'off',
  failed: 'bad',
  idle: 'unknown',
}

/** The drivers beside the hypervisor's. One that is absent is not there; one that has failed is, and does not do its work. */
export function HostDriversCard({ host: { drivers } }: { readonly host: Pick<Host, 'drivers'> }) {
  const { t } = useTranslation()
  return (
    <Card title={t('hosts:drivers.title')}>
      <dl className="vd-facts">
        {drivers.map(({ family, status }) => (
          <div key={family} className="vd-facts__line">
            <dt>{t(`hosts:driver.${family}`)}</dt>
            <dd className="vd-status">
              <StatusMark tone={TONES[status]} /> {t(`hosts:drivers.${status}`)}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

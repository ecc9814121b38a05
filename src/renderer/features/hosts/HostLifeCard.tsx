import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { useFormat } from '../../i18n/index.ts'

/** Why a host is out of use: who wished it, when and why. Nothing for one that is in use. */
export function HostLifeCard({ host: { maintenance, power } }: { readonly host: Pick<Host, 'maintenance' | 'power'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (maintenance === null && power === null) return null
  return (
    <Card title={t('hosts:life.title')}>
      {maintenance === null ? null : (
        <p className="vd-card__text">
          {t('hosts:life.maintained', { since: format.time(maintenance.since), user: maintenance.user })}
          <br />
          {maintenance.reason === null ? (
            <span className="vd-subtle">{t('hosts:life.noReason')}</span>
          ) : (
            <bdi>{maintenance.reason}</bdi>
          )}
        </p>
      )}
      {power === null ? null : (
        <p className="vd-card__text">
          {t(`hosts:life.power.${power.action}`, { since: format.time(power.since), user: power.user })}
        </p>
      )}
    </Card>
  )
}

import { useTranslation } from 'react-i18next'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { Meter } from '../../components/Meter.tsx'
import { useFormat } from '../../i18n/index.ts'
import { overallocationOf, usedOf } from './space.ts'

/** How much room a domain has, what is used of it, and what its disks may still grow to. */
export function SpaceCard({ domain }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { capacityBytes, allocationBytes, availableBytes, provisionedBytes } = domain
  if (capacityBytes === null) {
    return (
      <Card title={t('storage:space.title')}>
        <p className="vd-subtle vd-card__text">{t('storage:space.unknown')}</p>
      </Card>
    )
  }
  const overallocation = overallocationOf(domain)
  return (
    <Card title={t('storage:space.title')} aside={format.bytes(capacityBytes)}>
      <div className="vd-capacity__use">
        <Meter
          label={t('storage:space.usedOf', { name: domain.name })}
          share={usedOf(domain)}
          text={t('storage:space.usedText', {
            used: format.bytes(allocationBytes ?? 0),
            capacity: format.bytes(capacityBytes),
          })}
        />
        <span className="vd-subtle">
          {t('storage:space.usedText', {
            used: format.bytes(allocationBytes ?? 0),
            capacity: format.bytes(capacityBytes),
          })}
        </span>
      </div>
      <Facts
        facts={[
          [t('storage:space.free'), availableBytes === null ? null : format.bytes(availableBytes)],
          [
            t('storage:space.provisioned'),
            provisionedBytes === null || overallocation === null ? null : (
              <span key="provisioned">
                {t('storage:space.provisionedText', {
                  bytes: format.bytes(provisionedBytes),
                  percent: format.percent(overallocation),
                })}
                <Meter
                  label={t('storage:space.provisionedOf', { name: domain.name })}
                  share={{ percent: overallocation, level: overallocation > 100 ? 'high' : 'normal' }}
                  text={t('storage:space.provisionedText', {
                    bytes: format.bytes(provisionedBytes),
                    percent: format.percent(overallocation),
                  })}
                />
              </span>
            ),
          ],
          [
            t('storage:space.levels'),
            t('storage:space.levelsText', {
              percent: format.percent(domain.warningFreePercent),
              bytes: format.bytes(domain.criticalFreeBytes),
            }),
          ],
        ]}
      />
    </Card>
  )
}

import type { TFunction } from 'i18next'
import type { VnicProfile, VnicQos } from '../../../shared/domain/index.ts'
import type { Format } from '../../i18n/index.ts'

const FLAGS = ['macSpoofing', 'trunk', 'portMirroring', 'passthrough'] as const

/** What a profile opens beyond a plain network card, in words. Pure. */
export function describeAllowed(profile: Pick<VnicProfile, (typeof FLAGS)[number]>, t: TFunction): string {
  return FLAGS.filter((flag) => profile[flag])
    .map((flag) => t(`networks:label.${flag}`))
    .join(', ')
}

/** "10 MiB/s, peak 20 MiB/s, burst 1 MiB"; null: not limited. Pure. */
export function describeLimit(limit: VnicQos['inbound'], t: TFunction, format: Format): string | null {
  if (limit === null) return null
  const rate = (kib: number) => t('networks:profile.perSecond', { size: format.kib(kib) })
  return [
    rate(limit.averageKiBps),
    ...(limit.peakKiBps === null ? [] : [t('networks:profile.peak', { rate: rate(limit.peakKiBps) })]),
    ...(limit.burstKiB === null ? [] : [t('networks:profile.burst', { size: format.kib(limit.burstKiB) })]),
  ].join(', ')
}

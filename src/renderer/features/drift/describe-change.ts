import type { TFunction } from 'i18next'
import type { PendingChange } from '../../../shared/domain/index.ts'
import type { Format } from '../../i18n/index.ts'

/** One thing that is other in a definition: "memory 8 GiB → 12 GiB". Pure. */
export function describeChange(
  { what, device, now, next }: PendingChange,
  t: TFunction,
  format: Pick<Format, 'kib' | 'number'>,
): string {
  const word = (value: string | number | null) => {
    if (typeof value === 'number')
      return what.toLowerCase().endsWith('memory') ? format.kib(value) : format.number(value)
    if (value === '') return t('vms:devices.empty')
    if (what === 'link') return t(value === 'up' ? 'vms:devices.linkUp' : 'vms:devices.linkDown')
    if (what === 'limits' && value !== null) return describeLimits(value, t, format)
    return value ?? ''
  }
  // Profiles are known by ids here: which one it is, its card says.
  if (what === 'vnicProfile') return t('vms:pending.what.vnicProfile', { device: device ?? '' })
  const kind = now === null ? 'added' : next === null ? 'removed' : 'changed'
  return t(`vms:pending.${kind}`, {
    what: t(`vms:pending.what.${what}`, { device: device ?? '' }),
    now: word(now),
    next: word(next),
  })
}

/** "1000/2000/512 – 500//": average, peak and burst each way, in KiB; the average stands for them. */
function describeLimits(text: string, t: TFunction, format: Pick<Format, 'kib'>): string {
  const [inbound = '', outbound = ''] = text.split(' – ').map((limits) => limits.split('/')[0])
  const rate = (kib: string) => ({ limit: t('networks:profile.perSecond', { size: format.kib(Number(kib)) }) })
  return [
    ...(inbound === '' ? [] : [t('vms:devices.limitIn', rate(inbound))]),
    ...(outbound === '' ? [] : [t('vms:devices.limitOut', rate(outbound))]),
  ].join(', ')
}

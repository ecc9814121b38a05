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
    return value ?? ''
  }
  const kind = now === null ? 'added' : next === null ? 'removed' : 'changed'
  return t(`vms:pending.${kind}`, {
    what: t(`vms:pending.what.${what}`, { device: device ?? '' }),
    now: word(now),
    next: word(next),
  })
}

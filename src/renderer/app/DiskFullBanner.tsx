import { useTranslation } from 'react-i18next'
import { StatusMark } from '../components/StatusMark.tsx'
import { useFormat } from '../i18n/index.ts'
import { useEntity } from '../stores/index.ts'

/** While the engine cannot store anything: says why changes are refused, and that this ends by itself. */
export function DiskFullBanner() {
  const { t } = useTranslation()
  const format = useFormat()
  const inventory = useEntity('inventory', 'inventory')
  if (inventory?.writable !== false) return null
  const { path, freeBytes } = inventory
  return (
    <section className="vd-banner" aria-label={t('frame:diskFull.label')}>
      <StatusMark tone="warning" />
      <strong role="status">{t('frame:diskFull.banner', { path, free: format.bytes(freeBytes) })}</strong>
      <span>{t('frame:diskFull.until')}</span>
    </section>
  )
}

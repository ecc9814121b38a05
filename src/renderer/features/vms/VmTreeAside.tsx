import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../shared/domain/index.ts'

/** A status that the mark alone does not say well enough. */
export function VmTreeAside({ entity: { status } }: { readonly entity: Vm }) {
  const { t } = useTranslation()
  return status === 'up' || status === 'down' ? null : t(`vms:status.${status}`)
}

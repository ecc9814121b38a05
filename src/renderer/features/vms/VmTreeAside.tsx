import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../shared/domain/index.ts'
import { describeLastStatus } from './status.ts'

/** A status that the mark alone does not say well enough. */
export function VmTreeAside({ entity: { status, lastStatus } }: { readonly entity: Vm }) {
  const { t } = useTranslation()
  if (lastStatus !== null) return describeLastStatus(lastStatus, t)
  return status === 'up' || status === 'down' ? null : t(`vms:status.${status}`)
}

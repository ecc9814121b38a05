import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/domain/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { useNow } from '../../stores/index.ts'

/** How many machines it has, or what is wrong with it. */
export function HostTreeAside({ entity: host }: { readonly entity: Host }) {
  const { t } = useTranslation()
  return host.status === 'up' ? t('hosts:tree.vms', { count: host.vmCount }) : <HostTrouble host={host} />
}

/** "connecting 14 s": counts on, so it alone has a clock. */
function HostTrouble({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  return (
    <>
      {t(`hosts:status.${host.status}`)} {format.duration(now - host.statusSince)}
    </>
  )
}

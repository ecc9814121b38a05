import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostNetworks, Network, NetworkManager } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { useCollection } from '../../stores/index.ts'
import { SetupEditor } from './SetupEditor.tsx'

/** Their own names, which no language translates. */
const MANAGERS: Readonly<Record<NetworkManager, string | null>> = {
  'network-manager': 'NetworkManager',
  networkd: 'systemd-networkd',
  netplan: 'netplan',
  ifupdown: 'ifupdown',
  'open-vswitch': 'Open vSwitch',
  nmstate: 'nmstate',
  unknown: null,
}

/** The networks of a host: what it has, which logical networks are attached where, and the way to change that. */
export function HostNetworksTab({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const { entities, error } = useCollection('host.networks', host.id)
  const networks = useClusterNetworks(host)
  const there: HostNetworks | undefined = entities.get(host.id)
  if (error !== null) return <ErrorDetails error={error} />
  if (there === undefined) {
    return <EmptyPage title={t(host.stale ? 'networks:host.unread' : 'common:loading')} busy={!host.stale} />
  }
  return (
    <div className="vd-summary">
      {host.stale ? <StaleAge asOf={there.asOf} /> : null}
      <p className="vd-subtle">
        {t('networks:host.manager', { manager: MANAGERS[there.manager] ?? t('networks:host.nobody') })}
      </p>
      {there.whyNot === null ? null : <ErrorDetails error={there.whyNot} />}
      <SetupEditor key={host.id} host={host} there={there} networks={networks} />
    </div>
  )
}

/** The networks that the host's cluster has, by name. */
function useClusterNetworks({ clusterId }: Host): readonly Network[] {
  const { entities } = useCollection('networks')
  return useMemo(
    () =>
      [...entities.values()]
        .filter(({ clusters }) => clusters.some((one) => one.clusterId === clusterId))
        .sort((a, b) => compareTexts(a.name, b.name)),
    [entities, clusterId],
  )
}

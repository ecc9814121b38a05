import { useTranslation } from 'react-i18next'
import { DEFAULT_MTU_BYTES, type Network } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { Name } from '../../components/Name.tsx'
import { Problems } from '../../components/Problems.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useNameOf, useSameIds } from '../../kinds/index.ts'
import { showEntity, showHost, useCollection } from '../../stores/index.ts'
import { RecentEvents } from '../events/index.ts'
import { ReachCard } from './ReachCard.tsx'
import { clusterNetworkTone, describeRoles, describeVlan } from './status.ts'

/** What an admin asks first of a network: what it is on the wire, which clusters use it for what, which hosts miss it. */
export function NetworkSummary({ network }: { readonly network: Network }) {
  return (
    <div className="vd-summary">
      <Problems problems={network.problems} />
      {network.description === '' ? null : <p className="vd-summary__note">{network.description}</p>}
      <div className="vd-summary__columns">
        <GeneralCard network={network} />
        <ClustersCard network={network} />
        <MissingCard network={network} />
      </div>
      {network.clusters.map(({ clusterId }) => (
        <ReachCard key={clusterId} network={network} clusterId={clusterId} />
      ))}
      <RecentEvents
        subjectIds={useSameIds([network.id])}
        onShowAll={() => showEntity('network', network.id, 'events')}
      />
    </div>
  )
}

function GeneralCard({ network }: { readonly network: Network }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { mtu, vmNetwork, bridgeName, name, comment } = network
  return (
    <Card title={t('networks:general.title')}>
      <Facts
        facts={[
          [t('networks:label.vlanId'), describeVlan(network, t)],
          [t('networks:label.mtu'), t('networks:general.mtu', { mtu: format.number(mtu ?? DEFAULT_MTU_BYTES) })],
          [t('networks:label.vmNetwork'), t(vmNetwork ? 'networks:use.vms' : 'networks:use.hosts')],
          [
            t('networks:label.bridge'),
            vmNetwork ? (
              <span key="bridge">
                <code>{bridgeName}</code>
                {bridgeName === name ? null : <span className="vd-subtle"> {t('networks:general.madeShort')}</span>}
              </span>
            ) : null,
          ],
          [t('networks:label.comment'), comment === '' ? null : comment],
        ]}
      />
    </Card>
  )
}

function ClustersCard({ network }: { readonly network: Network }) {
  const { t } = useTranslation()
  const nameOf = useNameOf(['cluster'])
  const named = network.clusters
    .map((cluster) => ({ ...cluster, name: nameOf({ kind: 'cluster', id: cluster.clusterId }) }))
    .sort((a, b) => compareTexts(a.name, b.name))
  return (
    <Card
      title={t('networks:tab.clusters')}
      aside={
        <button type="button" className="vd-cell-link" onClick={() => showEntity('network', network.id, 'clusters')}>
          {t('networks:clusters.assign')}
        </button>
      }
    >
      {named.length === 0 ? (
        <p className="vd-subtle vd-card__text">{t('networks:clusters.none')}</p>
      ) : (
        <ul className="vd-names" aria-label={t('networks:tab.clusters')}>
          {named.map((cluster) => (
            <li key={cluster.clusterId}>
              <StatusMark tone={clusterNetworkTone(cluster)} label={t(`networks:status.${cluster.status}`)} />
              <button
                type="button"
                className="vd-cell-link"
                onClick={() => showEntity('cluster', cluster.clusterId, 'networks')}
              >
                <Name>{cluster.name}</Name>
              </button>
              <span className="vd-subtle">
                {describeRoles(cluster.roles, t)}
                {cluster.required ? ` · ${t('networks:required')}` : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** Hosts in use that do not have it. */
function MissingCard({ network }: { readonly network: Network }) {
  const { t } = useTranslation()
  const { entities } = useCollection('hosts')
  const hosts = [...new Set(network.clusters.flatMap(({ missingHostIds }) => missingHostIds))]
    .flatMap((id) => entities.get(id) ?? [])
    .sort((a, b) => compareTexts(a.name, b.name))
  return (
    <Card title={t('networks:missing.title')}>
      {hosts.length === 0 ? (
        <p className="vd-subtle vd-card__text">{t('networks:missing.none')}</p>
      ) : (
        <ul className="vd-names" aria-label={t('networks:missing.title')}>
          {hosts.map(({ id, name }) => (
            <li key={id}>
              <StatusMark tone="warning" />
              <button type="button" className="vd-cell-link" onClick={() => showHost(id, 'networks')}>
                <Name>{name}</Name>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

import { useTranslation } from 'react-i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { ClusterIcon, EllipsisVIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { clusterTone, decideClusterState, describeCluster } from './status.ts'

/** What the cluster is called, how its hosts stand, and what can be done to it. */
export function ClusterHeader({ entity: cluster }: { readonly entity: Cluster }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('cluster', [cluster.id])
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="cluster" entity={cluster} />}
      icon={<ClusterIcon />}
      title={cluster.name}
      labels={
        <StatusLabel
          tone={clusterTone(cluster)}
          status={decideClusterState(cluster)}
          word={describeCluster(cluster, t)}
        />
      }
      actions={
        <>
          <EntryButton entry={byId.get('cluster.add-host')} primary={cluster.population.hostCount === 0} />
          <EntryButton entry={byId.get('cluster.edit')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}

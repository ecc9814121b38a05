import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import { Unknown } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { type NameOf, useNameOf } from '../../kinds/index.ts'
import { showEntity } from '../../stores/index.ts'
import { buildCapacityColumns, buildPopulationColumns } from '../capacity/index.ts'
import { clusterTone, describeCluster } from './status.ts'

/** The columns of cluster lists. */
export function useClusterColumns(): readonly Column<Cluster>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useNameOf(['datacenter'])
  return useMemo(() => buildClusterColumns(t, format, nameOf), [t, format, nameOf])
}

function buildClusterColumns(t: TFunction, format: Format, nameOf: NameOf): readonly Column<Cluster>[] {
  const datacenterName = ({ datacenterId }: Cluster) => nameOf({ kind: 'datacenter', id: datacenterId })
  return [
    {
      id: 'name',
      title: t('clusters:column.name'),
      width: '20%',
      sortBy: ({ name }) => name,
      render: (cluster) => (
        <CellLink onClick={() => showEntity('cluster', cluster.id)}>
          <Name>{cluster.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'status',
      title: t('clusters:column.status'),
      width: '18%',
      sortBy: (cluster) => describeCluster(cluster, t),
      render: (cluster) => (
        <span className="vd-status" title={describeCluster(cluster, t)}>
          <StatusMark tone={clusterTone(cluster)} /> {describeCluster(cluster, t)}
        </span>
      ),
    },
    {
      id: 'datacenter',
      title: t('clusters:column.datacenter'),
      sortBy: datacenterName,
      render: (cluster) => <Name>{datacenterName(cluster)}</Name>,
    },
    ...buildCapacityColumns<Cluster>(t, format, { meterWidth: '12%' }),
    ...buildPopulationColumns<Cluster>(t, format),
    {
      id: 'cpuModel',
      title: t('clusters:column.cpuModel'),
      sortBy: ({ cpu }) => cpu.model,
      render: ({ cpu }) => cpu.model ?? <Unknown />,
    },
    {
      id: 'description',
      title: t('clusters:column.description'),
      optional: true,
      sortBy: ({ settings }) => settings.description,
      render: ({ settings }) => settings.description,
    },
  ]
}

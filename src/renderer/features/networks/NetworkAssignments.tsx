import { Button } from '@patternfly/react-core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Cluster, ClusterNetwork, Network } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column, DataTable } from '../../components/table/index.ts'
import { openDialog, showEntity, useCollection } from '../../stores/index.ts'
import { clusterNetworkTone, describeRoles } from './status.ts'

/** A cluster and a network of its datacenter, which it may have or not. */
interface AssignmentRow {
  readonly key: string
  readonly cluster: Cluster
  readonly network: Network
  /** Null: the cluster does not have it. */
  readonly assigned: ClusterNetwork | null
}

const keyOf = ({ key }: AssignmentRow) => key

/** The networks of a cluster's datacenter, and what the cluster uses each for. */
export function ClusterNetworks({ cluster }: { readonly cluster: Cluster }) {
  const { entities } = useCollection('networks')
  const rows = useMemo(
    () =>
      [...entities.values()]
        .filter(({ datacenterId }) => datacenterId === cluster.datacenterId)
        .map((network) => rowOf(cluster, network)),
    [entities, cluster],
  )
  return <AssignmentTable rows={rows} named="network" />
}

/** The clusters of a network's datacenter, and what each uses it for. */
export function NetworkClusters({ network }: { readonly network: Network }) {
  const { entities } = useCollection('clusters')
  const rows = useMemo(
    () =>
      [...entities.values()]
        .filter(({ datacenterId }) => datacenterId === network.datacenterId)
        .map((cluster) => rowOf(cluster, network)),
    [entities, network],
  )
  return <AssignmentTable rows={rows} named="cluster" />
}

function rowOf(cluster: Cluster, network: Network): AssignmentRow {
  const assigned = network.clusters.find(({ clusterId }) => clusterId === cluster.id) ?? null
  return { key: `${cluster.id} ${network.id}`, cluster, network, assigned }
}

function AssignmentTable({
  rows,
  named,
}: {
  readonly rows: readonly AssignmentRow[]
  readonly named: 'network' | 'cluster'
}) {
  const { t } = useTranslation()
  const columns = useMemo<readonly Column<AssignmentRow>[]>(
    () => [
      {
        id: 'name',
        title: t(named === 'network' ? 'networks:all.one' : 'networks:label.cluster'),
        width: '22%',
        sortBy: (row) => row[named].name,
        render: (row) => (
          <CellLink
            onClick={() =>
              named === 'network' ? showEntity('network', row.network.id) : showEntity('cluster', row.cluster.id)
            }
          >
            <Name>{row[named].name}</Name>
          </CellLink>
        ),
      },
      {
        id: 'status',
        title: t('networks:label.status'),
        width: '16%',
        sortBy: ({ assigned }) => assigned?.status ?? '',
        render: ({ assigned }) =>
          assigned === null ? (
            <span className="vd-subtle">{t('networks:status.unattached')}</span>
          ) : (
            <span className="vd-status">
              <StatusMark tone={clusterNetworkTone(assigned)} /> {t(`networks:status.${assigned.status}`)}
            </span>
          ),
      },
      {
        id: 'roles',
        title: t('networks:label.roles'),
        sortBy: ({ assigned }) => describeRoles(assigned?.roles ?? [], t),
        render: ({ assigned }) => describeRoles(assigned?.roles ?? [], t) || '—',
      },
      {
        id: 'required',
        title: t('networks:label.required'),
        width: '10%',
        sortBy: ({ assigned }) => (assigned?.required === true ? 0 : 1),
        render: ({ assigned }) =>
          assigned === null ? '—' : t(assigned.required ? 'networks:required' : 'networks:optional'),
      },
      {
        id: 'missing',
        title: t('networks:label.missing'),
        align: 'end',
        width: '10%',
        sortBy: ({ assigned }) => assigned?.missingHostIds.length ?? 0,
        render: ({ assigned }) => assigned?.missingHostIds.length ?? '—',
      },
      {
        id: 'assign',
        title: t('networks:label.action'),
        width: '14%',
        sortBy: ({ assigned }) => (assigned === null ? 1 : 0),
        render: (row) => (
          <Button
            variant="link"
            isInline
            size="sm"
            aria-label={t(row.assigned === null ? 'networks:assign.attachNamed' : 'networks:assign.changeNamed', {
              name: row[named].name,
            })}
            onClick={() => openAssignment(row)}
          >
            {t(row.assigned === null ? 'networks:assign.attach' : 'networks:assign.change')}
          </Button>
        ),
      },
    ],
    [t, named],
  )
  return (
    <DataTable
      label={t('networks:assign.label')}
      storageKey="network-assignments"
      columns={columns}
      rows={rows.toSorted((a, b) => compareTexts(a[named].name, b[named].name))}
      rowKey={keyOf}
      initialSort={{ column: 'name', descending: false }}
      empty={t(named === 'network' ? 'networks:all.none' : 'networks:clusters.none')}
      onOpen={openAssignment}
    />
  )
}

function openAssignment({ cluster, network }: AssignmentRow): void {
  openDialog({ kind: 'assign-network', clusterId: cluster.id, networkId: network.id })
}

import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Datacenter } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { showEntity } from '../../stores/index.ts'
import { Meter, shareOf } from '../capacity/index.ts'
import { datacenterTone, describeDatacenter } from './status.ts'

/** The columns of datacenter lists. */
export function useDatacenterColumns(): readonly Column<Datacenter>[] {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(() => buildDatacenterColumns(t, format), [t, format])
}

function buildDatacenterColumns(t: TFunction, format: Format): readonly Column<Datacenter>[] {
  return [
    {
      id: 'name',
      title: t('clusters:column.name'),
      width: '22%',
      sortBy: ({ name }) => name,
      render: (datacenter) => (
        <CellLink onClick={() => showEntity('datacenter', datacenter.id)}>
          <Name>{datacenter.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'status',
      title: t('clusters:column.status'),
      width: '18%',
      sortBy: ({ status }) => t(`datacenters:status.${status}`),
      render: (datacenter) => (
        <span className="vd-status" title={describeDatacenter(datacenter, t)}>
          <StatusMark tone={datacenterTone(datacenter)} /> {describeDatacenter(datacenter, t)}
        </span>
      ),
    },
    {
      id: 'cpu',
      title: t('clusters:column.cpu'),
      width: '14%',
      sortBy: ({ capacity }) => capacity.cpuUsedPercent,
      render: ({ capacity, name }) => (
        <Meter
          label={t('clusters:column.cpuOf', { name })}
          share={shareOf(capacity.cpuUsedPercent, 100)}
          text={t('clusters:capacity.cpuUsed', {
            percent: format.percent(capacity.cpuUsedPercent ?? 0),
            cpus: capacity.cpus,
          })}
        />
      ),
    },
    {
      id: 'memory',
      title: t('clusters:column.memory'),
      width: '14%',
      sortBy: ({ capacity }) => shareOf(capacity.memoryUsedKiB, capacity.memoryKiB)?.percent ?? null,
      render: ({ capacity, name }) => (
        <Meter
          label={t('clusters:column.memoryOf', { name })}
          share={shareOf(capacity.memoryUsedKiB, capacity.memoryKiB)}
          text={t('clusters:capacity.memoryUsed', {
            used: format.kib(capacity.memoryUsedKiB ?? 0),
            memory: format.kib(capacity.memoryKiB),
          })}
        />
      ),
    },
    {
      id: 'clusters',
      title: t('datacenters:column.clusters'),
      align: 'end',
      sortBy: ({ clusterCount }) => clusterCount,
      render: ({ clusterCount }) => format.number(clusterCount),
    },
    {
      id: 'hosts',
      title: t('clusters:column.hosts'),
      align: 'end',
      sortBy: ({ population }) => population.hostCount,
      render: ({ population }) => format.number(population.hostCount),
    },
    {
      id: 'vms',
      title: t('clusters:column.vms'),
      align: 'end',
      sortBy: ({ population }) => population.vmCount,
      render: ({ population }) =>
        `${format.number(population.vmsByStatus.up ?? 0)} / ${format.number(population.vmCount)}`,
    },
    {
      id: 'description',
      title: t('clusters:column.description'),
      optional: true,
      sortBy: ({ description }) => description,
      render: ({ description }) => description,
    },
  ]
}

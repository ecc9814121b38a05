import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Datacenter } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { showEntity } from '../../stores/index.ts'
import { buildCapacityColumns, buildPopulationColumns } from '../capacity/index.ts'
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
    ...buildCapacityColumns<Datacenter>(t, format, { meterWidth: '14%' }),
    {
      id: 'clusters',
      title: t('datacenters:column.clusters'),
      align: 'end',
      sortBy: ({ clusterCount }) => clusterCount,
      render: ({ clusterCount }) => format.number(clusterCount),
    },
    ...buildPopulationColumns<Datacenter>(t, format),
    {
      id: 'description',
      title: t('clusters:column.description'),
      optional: true,
      sortBy: ({ description }) => description,
      render: ({ description }) => description,
    },
  ]
}

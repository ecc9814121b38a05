import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import { Unknown } from '../../components/Card.tsx'
import { Meter } from '../../components/Meter.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { type NameOf, useNameOf } from '../../kinds/index.ts'
import { showEntity } from '../../stores/index.ts'
import { overallocationOf, usedOf } from './space.ts'
import { countConnected, describePlace, describeStorageDomain, storageTone } from './status.ts'

/** The columns of lists of storage domains. */
export function useStorageColumns(): readonly Column<StorageDomain>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useNameOf(['datacenter'])
  return useMemo(() => buildStorageColumns(t, format, nameOf), [t, format, nameOf])
}

function buildStorageColumns(t: TFunction, format: Format, nameOf: NameOf): readonly Column<StorageDomain>[] {
  const datacenterName = ({ datacenterId }: StorageDomain) =>
    datacenterId === null ? '' : nameOf({ kind: 'datacenter', id: datacenterId })
  return [
    {
      id: 'name',
      title: t('storage:column.name'),
      width: '15%',
      sortBy: ({ name }) => name,
      render: (domain) => (
        <CellLink className={domain.stale ? 'vd-stale' : ''} onClick={() => showEntity('storage-domain', domain.id)}>
          <Name>{domain.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'status',
      title: t('storage:column.status'),
      width: '13%',
      sortBy: ({ status }) => t(`storage:status.${status}`),
      render: (domain) => (
        <span className="vd-status" title={describeStorageDomain(domain, t)}>
          <StatusMark tone={storageTone(domain)} /> {describeStorageDomain(domain, t)}
        </span>
      ),
    },
    {
      id: 'type',
      title: t('storage:column.type'),
      width: '11%',
      sortBy: ({ type }) => t(`storage:type.${type}`),
      render: ({ type, isMaster }) =>
        isMaster ? t('storage:column.masterOf', { type: t(`storage:type.${type}`) }) : t(`storage:type.${type}`),
    },
    {
      id: 'storage',
      title: t('storage:column.storage'),
      width: '19%',
      sortBy: ({ storage }) => `${storage.kind} ${describePlace(storage)}`,
      render: ({ storage }) => (
        <span title={describePlace(storage)}>
          <span className="vd-subtle">{t(`storage:kind.${storage.kind}`)}</span> <bdi>{describePlace(storage)}</bdi>
        </span>
      ),
    },
    {
      id: 'datacenter',
      title: t('storage:column.datacenter'),
      sortBy: datacenterName,
      render: (domain) => (domain.datacenterId === null ? <Unknown /> : <Name>{datacenterName(domain)}</Name>),
    },
    {
      id: 'used',
      title: t('storage:column.used'),
      width: '13%',
      sortBy: (domain) => usedOf(domain)?.percent ?? null,
      render: (domain) => (
        <Meter
          label={t('storage:space.usedOf', { name: domain.name })}
          share={usedOf(domain)}
          text={t('storage:space.usedText', {
            used: format.bytes(domain.allocationBytes ?? 0),
            capacity: format.bytes(domain.capacityBytes ?? 0),
          })}
        />
      ),
    },
    {
      id: 'free',
      title: t('storage:column.free'),
      align: 'end',
      unit: 'B',
      sortBy: ({ availableBytes }) => availableBytes,
      render: ({ availableBytes }) => (availableBytes === null ? <Unknown /> : format.bytes(availableBytes)),
    },
    {
      id: 'overallocation',
      title: t('storage:column.overallocation'),
      align: 'end',
      sortBy: overallocationOf,
      render: (domain) => {
        const percent = overallocationOf(domain)
        return percent === null ? <Unknown /> : format.percent(percent)
      },
    },
    {
      id: 'hosts',
      title: t('storage:column.hosts'),
      align: 'end',
      sortBy: ({ connections }) => countConnected(connections),
      render: ({ connections }) =>
        `${format.number(countConnected(connections))} / ${format.number(connections.length)}`,
    },
    {
      id: 'disks',
      title: t('storage:column.disks'),
      align: 'end',
      optional: true,
      sortBy: ({ diskCount }) => diskCount,
      render: ({ diskCount }) => format.number(diskCount),
    },
    {
      id: 'capacity',
      title: t('storage:column.capacity'),
      align: 'end',
      optional: true,
      unit: 'B',
      sortBy: ({ capacityBytes }) => capacityBytes,
      render: ({ capacityBytes }) => (capacityBytes === null ? <Unknown /> : format.bytes(capacityBytes)),
    },
    {
      id: 'locks',
      title: t('storage:column.locks'),
      optional: true,
      sortBy: ({ locks }) => t(`storage:locks.verdict.${locks.verdict}`),
      render: ({ locks }) => t(`storage:locks.verdict.${locks.verdict}`),
    },
    {
      id: 'description',
      title: t('storage:column.description'),
      optional: true,
      sortBy: ({ description }) => description,
      render: ({ description }) => description,
    },
  ]
}

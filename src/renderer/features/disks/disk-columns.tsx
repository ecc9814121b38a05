import type { TFunction } from 'i18next'
import { Fragment, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disk } from '../../../shared/domain/index.ts'
import { Unknown } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { type NameOf, useNameOf } from '../../kinds/index.ts'
import { showEntity, showVm } from '../../stores/index.ts'
import { describeDisk, describeFormat, diskTone } from './status.ts'

/** The columns of lists of disks. */
export function useDiskColumns(): readonly Column<Disk>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useNameOf(['storage-domain'])
  return useMemo(() => buildDiskColumns(t, format, nameOf), [t, format, nameOf])
}

function buildDiskColumns(t: TFunction, format: Format, nameOf: NameOf): readonly Column<Disk>[] {
  const domainName = ({ storageDomainId }: Disk) => nameOf({ kind: 'storage-domain', id: storageDomainId })
  const bytes = (value: number | null) => (value === null ? <Unknown /> : format.bytes(value))
  return [
    {
      id: 'name',
      title: t('disks:column.name'),
      width: '24%',
      sortBy: ({ name }) => name,
      render: (disk) => (
        <CellLink onClick={() => showEntity('disk', disk.id)}>
          <Name>{disk.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'status',
      title: t('disks:column.status'),
      width: '11%',
      sortBy: (disk) => describeDisk(disk, t),
      render: (disk) => (
        <span className="vd-status">
          <StatusMark tone={diskTone(disk)} /> {describeDisk(disk, t)}
        </span>
      ),
    },
    {
      id: 'kind',
      title: t('disks:column.kind'),
      width: '9%',
      sortBy: ({ kind }) => t(`disks:kind.${kind}`),
      render: ({ kind }) => t(`disks:kind.${kind}`),
    },
    {
      id: 'format',
      title: t('disks:column.format'),
      width: '7%',
      sortBy: (disk) => describeFormat(disk.format, t),
      render: (disk) => describeFormat(disk.format, t),
    },
    {
      id: 'storage-domain',
      title: t('disks:column.domain'),
      width: '13%',
      sortBy: domainName,
      render: (disk) => (
        <CellLink onClick={() => showEntity('storage-domain', disk.storageDomainId)}>
          <Name>{domainName(disk)}</Name>
        </CellLink>
      ),
    },
    {
      id: 'size',
      title: t('disks:column.size'),
      align: 'end',
      width: '9%',
      unit: 'B',
      sortBy: ({ virtualBytes }) => virtualBytes,
      render: ({ virtualBytes }) => bytes(virtualBytes),
    },
    {
      id: 'allocated',
      title: t('disks:column.allocated'),
      align: 'end',
      width: '9%',
      unit: 'B',
      sortBy: ({ allocatedBytes }) => allocatedBytes,
      render: ({ allocatedBytes }) => bytes(allocatedBytes),
    },
    {
      id: 'used-by',
      title: t('disks:column.usedBy'),
      sortBy: ({ usedBy }) => usedBy[0]?.name ?? null,
      render: ({ usedBy }) =>
        usedBy.map(({ vmId, name }, index) => (
          <Fragment key={vmId}>
            {index > 0 ? ', ' : ''}
            <CellLink onClick={() => showVm(vmId)}>
              <Name>{name}</Name>
            </CellLink>
          </Fragment>
        )),
    },
    {
      id: 'file',
      title: t('disks:column.file'),
      optional: true,
      sortBy: ({ fileName }) => fileName,
      render: ({ fileName }) => <Name>{fileName}</Name>,
    },
    {
      id: 'label',
      title: t('disks:column.label'),
      optional: true,
      sortBy: ({ volumeId }) => volumeId,
      render: ({ volumeId }) => volumeId ?? '',
    },
    {
      id: 'description',
      title: t('disks:column.description'),
      optional: true,
      sortBy: ({ description }) => description,
      render: ({ description }) => description,
    },
  ]
}

import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/domain/index.ts'
import { Unknown } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { type NameOf, useNameOf } from '../../kinds/index.ts'
import { showHost } from '../../stores/index.ts'
import { describeHostStatus, hostTone } from './status.ts'

/** The columns of host lists. */
export function useHostColumns(): readonly Column<Host>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useNameOf(['cluster'])
  return useMemo(() => buildHostColumns(t, format, nameOf), [t, format, nameOf])
}

function buildHostColumns(t: TFunction, format: Format, nameOf: NameOf): readonly Column<Host>[] {
  const clusterName = ({ clusterId }: Host) => nameOf({ kind: 'cluster', id: clusterId })
  return [
    {
      id: 'name',
      title: t('hosts:column.name'),
      width: '20%',
      sortBy: ({ name }) => name,
      render: (host) => (
        <CellLink className={host.stale ? 'vd-stale' : ''} onClick={() => showHost(host.id)}>
          <Name>{host.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'status',
      title: t('hosts:column.status'),
      width: '14%',
      sortBy: ({ status }) => t(`hosts:status.${status}`),
      render: (host) => (
        <span className="vd-status" title={describeHostStatus(host, t)}>
          <StatusMark tone={hostTone(host)} /> {describeHostStatus(host, t)}
        </span>
      ),
    },
    {
      id: 'cluster',
      title: t('hosts:column.cluster'),
      sortBy: clusterName,
      render: (host) => <Name>{clusterName(host)}</Name>,
    },
    {
      id: 'address',
      title: t('hosts:column.address'),
      sortBy: ({ address }) => address,
      render: (host) => addressOf(host, t('hosts:reach.local')),
    },
    {
      id: 'vms',
      title: t('hosts:column.vms'),
      align: 'end',
      sortBy: ({ runningVmCount }) => runningVmCount,
      render: (host) => `${format.number(host.runningVmCount)} / ${format.number(host.vmCount)}`,
    },
    {
      id: 'cpus',
      title: t('hosts:column.cpus'),
      align: 'end',
      sortBy: ({ facts }) => facts?.cpus ?? null,
      render: ({ facts }) => (facts === null ? <Unknown /> : format.number(facts.cpus)),
    },
    {
      id: 'memory',
      title: t('hosts:column.memory'),
      align: 'end',
      unit: 'KiB',
      sortBy: ({ facts }) => facts?.memoryKiB ?? null,
      render: ({ facts }) => (facts === null ? <Unknown /> : format.kib(facts.memoryKiB)),
    },
    {
      id: 'libvirt',
      title: t('hosts:column.libvirt'),
      sortBy: ({ facts }) => facts?.libvirtVersion ?? null,
      render: ({ facts }) => facts?.libvirtVersion ?? <Unknown />,
    },
  ]
}

function addressOf(host: Host, local: string): string {
  return host.transport === 'local' ? local : `${host.user}@${host.address}${host.port === 22 ? '' : `:${host.port}`}`
}

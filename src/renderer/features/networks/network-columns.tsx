import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { DEFAULT_MTU_BYTES, type Network } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { type NameOf, useNameOf } from '../../kinds/index.ts'
import { showEntity } from '../../stores/index.ts'
import { describeNetwork, networkTone } from './status.ts'

/** The columns of lists of networks. */
export function useNetworkColumns(): readonly Column<Network>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useNameOf(['datacenter'])
  return useMemo(() => buildNetworkColumns(t, format, nameOf), [t, format, nameOf])
}

function buildNetworkColumns(t: TFunction, format: Format, nameOf: NameOf): readonly Column<Network>[] {
  const datacenterName = ({ datacenterId }: Network) => nameOf({ kind: 'datacenter', id: datacenterId })
  return [
    {
      id: 'name',
      title: t('networks:label.name'),
      width: '20%',
      sortBy: ({ name }) => name,
      render: (network) => (
        <CellLink onClick={() => showEntity('network', network.id)}>
          <Name>{network.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'status',
      title: t('networks:label.status'),
      width: '17%',
      sortBy: (network) => describeNetwork(network, t),
      render: (network) => (
        <span className="vd-status" title={describeNetwork(network, t)}>
          <StatusMark tone={networkTone(network)} /> {describeNetwork(network, t)}
        </span>
      ),
    },
    {
      id: 'vlan',
      title: t('networks:label.vlanId'),
      align: 'end',
      sortBy: ({ vlanId }) => vlanId,
      render: ({ vlanId }) => vlanId ?? '—',
    },
    {
      id: 'mtu',
      title: t('networks:label.mtu'),
      align: 'end',
      sortBy: ({ mtu }) => mtu ?? DEFAULT_MTU_BYTES,
      render: ({ mtu }) => format.number(mtu ?? DEFAULT_MTU_BYTES),
    },
    {
      id: 'use',
      title: t('networks:label.vmNetwork'),
      sortBy: ({ vmNetwork }) => (vmNetwork ? 0 : 1),
      render: ({ vmNetwork }) => t(vmNetwork ? 'networks:use.vms' : 'networks:use.hosts'),
    },
    {
      id: 'datacenter',
      title: t('networks:label.datacenter'),
      sortBy: datacenterName,
      render: (network) => <Name>{datacenterName(network)}</Name>,
    },
    {
      id: 'clusters',
      title: t('networks:label.clusters'),
      align: 'end',
      sortBy: ({ clusters }) => clusters.length,
      render: ({ clusters }) => format.number(clusters.length),
    },
    {
      id: 'hosts',
      title: t('networks:label.hosts'),
      align: 'end',
      sortBy: ({ hostIds }) => hostIds.length,
      render: ({ hostIds }) => format.number(hostIds.length),
    },
    {
      id: 'vms',
      title: t('networks:label.vms'),
      align: 'end',
      sortBy: ({ vmCount }) => vmCount,
      render: ({ vmCount }) => format.number(vmCount),
    },
  ]
}

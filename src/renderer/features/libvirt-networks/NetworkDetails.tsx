import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { LibvirtNetwork } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { PlainTable } from '../../components/PlainTable.tsx'
import { useFormat } from '../../i18n/index.ts'
import { showEntity } from '../../stores/index.ts'
import { formatRange } from './network-words.ts'

/** What a network is, who has an address of it, and which machines are there. */
export function NetworkDetails({ network }: { readonly network: LibvirtNetwork }) {
  const { t } = useTranslation()
  return (
    <>
      <Card title={<Name>{network.name}</Name>}>
        {network.pending.length === 0 ? null : (
          <p className="vd-card__text" data-pending>
            {t('local:networks.pendingNote', {
              what: network.pending.map((field) => t(`local:networks.pending.${field}`)).join(', '),
            })}
          </p>
        )}
        <Facts facts={factsOf(network, t)} />
        <details className="vd-card__text">
          <summary>{t('local:networks.xml')}</summary>
          <pre className="vd-definition">{network.xml}</pre>
        </details>
      </Card>
      <LeasesCard network={network} />
      <UsersCard network={network} />
    </>
  )
}

function factsOf(network: LibvirtNetwork, t: ReturnType<typeof useTranslation>['t']) {
  const ranges = [network.ipv4, network.ipv6].flatMap((ip) => ip?.dhcp?.ranges.map(formatRange) ?? [])
  const { dns } = network
  const fact = (
    name: 'forwardDevice' | 'domain' | 'mtu' | 'ranges' | 'forwarders' | 'names' | 'addresses',
    value: ReactNode,
  ) => [t(`local:networks.fact.${name}`), value === '' ? null : value] as const
  return [
    fact('forwardDevice', network.forwardDevice),
    fact('domain', network.domainName),
    fact('mtu', network.mtu === null ? null : String(network.mtu)),
    fact('ranges', ranges.join(', ')),
    fact('addresses', network.otherAddresses.join(', ')),
    fact(
      'forwarders',
      dns.forwarders.map(({ address, domain }) => [domain, address].filter(Boolean).join(' → ')).join(', '),
    ),
    fact('names', dns.hosts.map(({ address, names }) => `${names.join(' ')} → ${address}`).join(', ')),
  ]
}

function LeasesCard({ network: { leases, ipv4, ipv6 } }: { readonly network: LibvirtNetwork }) {
  const { t } = useTranslation()
  const format = useFormat()
  const fixed = [ipv4, ipv6].flatMap((ip) => ip?.dhcp?.hosts ?? [])
  const rows = [
    ...leases.map((lease) => ({
      key: `lease ${lease.address} ${lease.macAddress ?? ''}`,
      cells: [
        lease.address,
        lease.macAddress ?? lease.clientId ?? <Unknown />,
        lease.hostName ?? <Unknown />,
        lease.expiresAt === null ? t('local:networks.forever') : format.dateTime(lease.expiresAt),
      ],
    })),
    ...fixed.map((lease) => ({
      key: `fixed ${lease.address}`,
      cells: [
        lease.address,
        lease.macAddress ?? lease.clientId ?? <Unknown />,
        lease.name ?? <Unknown />,
        t('local:networks.fixed'),
      ],
    })),
  ]
  if (rows.length === 0) return null
  const heads = ['address', 'mac', 'hostName', 'until'] as const
  return (
    <Card title={t('local:networks.leases')}>
      <PlainTable
        label={t('local:networks.leases')}
        heads={heads.map((head) => t(`local:networks.lease.${head}`))}
        rows={rows}
      />
    </Card>
  )
}

function UsersCard({ network: { usedBy } }: { readonly network: LibvirtNetwork }) {
  const { t } = useTranslation()
  if (usedBy.length === 0) return null
  return (
    <Card title={t('local:networks.users')}>
      <ul className="vd-facts" aria-label={t('local:networks.users')}>
        {usedBy.map(({ vmId, name, isRunning }) => (
          <li key={vmId} className="vd-facts__line">
            <button type="button" className="vd-cell-link" onClick={() => showEntity('vm', vmId)}>
              <Name>{name}</Name>
            </button>
            <span className="vd-subtle">{t(isRunning ? 'local:networks.runs' : 'local:networks.isDown')}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

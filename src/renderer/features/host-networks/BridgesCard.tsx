import { useTranslation } from 'react-i18next'
import type { HostNetworks } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'

/** Bridges with what is in them, gateways and DNS servers, as the host has them. */
export function BridgesCard({ there }: { readonly there: HostNetworks }) {
  const { t } = useTranslation()
  const { bridges, gateways, dns } = there
  return (
    <Card title={t('networks:host.bridges')}>
      <Facts
        isWide
        facts={[
          ...bridges.map(
            ({ name, ports, vnics, addresses }) =>
              [
                name,
                <span key={name}>
                  <code>{[...ports, ...addresses].join(' ') || '—'}</code>{' '}
                  <span className="vd-subtle">{t('networks:host.vnics', { count: vnics.length })}</span>
                </span>,
              ] as const,
          ),
          [
            t('networks:host.gateways'),
            gateways.length === 0 ? null : (
              <code key="gateways">
                {gateways.map(({ address, interfaceName }) => `${address} (${interfaceName})`).join(' ')}
              </code>
            ),
          ],
          [t('networks:addresses.dns'), dns.length === 0 ? null : <code key="dns">{dns.join(' ')}</code>],
        ]}
      />
    </Card>
  )
}

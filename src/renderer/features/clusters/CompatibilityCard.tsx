import { useTranslation } from 'react-i18next'
import type { Cluster, HostId } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { showHost, useEntity } from '../../stores/index.ts'

/** What the oldest libvirt and QEMU among the hosts allow. */
export function CompatibilityCard({ cluster }: { readonly cluster: Pick<Cluster, 'compatibility'> }) {
  const { t } = useTranslation()
  const { compatibility } = cluster
  if (compatibility === null) {
    return (
      <Card title={t('clusters:compatibility.title')}>
        <p className="vd-subtle vd-card__text">{t('clusters:compatibility.none')}</p>
      </Card>
    )
  }
  return (
    <Card title={t('clusters:compatibility.title')}>
      <Facts
        facts={[
          [
            t('clusters:compatibility.libvirt'),
            <Weakest key="libvirt" version={compatibility.libvirtVersion} hostId={compatibility.libvirtHostId} />,
          ],
          [
            t('clusters:compatibility.hypervisor'),
            <Weakest key="qemu" version={compatibility.hypervisorVersion} hostId={compatibility.hypervisorHostId} />,
          ],
        ]}
      />
    </Card>
  )
}

/** A version, and the host that sets it. */
function Weakest({ version, hostId }: { readonly version: string; readonly hostId: HostId }) {
  const host = useEntity('hosts', hostId)
  return (
    <>
      {version}
      {host === undefined ? null : (
        <>
          {' · '}
          <button type="button" className="vd-cell-link" onClick={() => showHost(hostId)}>
            <Name>{host.name}</Name>
          </button>
        </>
      )}
    </>
  )
}

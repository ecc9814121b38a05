import { useTranslation } from 'react-i18next'
import type { Cluster, ClusterCompatibility, HostId } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
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
      <ul className="vd-features" aria-label={t('clusters:compatibility.features')}>
        {compatibility.features.map((each) => (
          <FeatureLine key={each.feature} feature={each} />
        ))}
      </ul>
    </Card>
  )
}

type Feature = ClusterCompatibility['features'][number]

/** A feature with its mark; one that is not offered says from which versions on it is. */
function FeatureLine({ feature: { feature, offered, libvirt, hypervisor } }: { readonly feature: Feature }) {
  const { t } = useTranslation()
  const needs =
    hypervisor === null
      ? t('clusters:compatibility.needsLibvirt', { libvirt })
      : t('clusters:compatibility.needs', { libvirt, hypervisor })
  return (
    <li data-feature={feature} data-offered={offered}>
      <StatusMark
        tone={offered ? 'ok' : 'off'}
        label={t(offered ? 'clusters:compatibility.offered' : 'clusters:compatibility.lacking')}
      />
      <span>
        {t(`clusters:feature.${feature}`)}
        {offered ? null : <span className="vd-subtle"> · {needs}</span>}
      </span>
    </li>
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

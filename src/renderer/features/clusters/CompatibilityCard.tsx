import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Cluster, ClusterCompatibility, HostId } from '../../../shared/domain/index.ts'
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
  const offered = compatibility.features.filter((feature) => feature.offered)
  const lacking = compatibility.features.filter((feature) => !feature.offered)
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
          [t('clusters:compatibility.offered'), list(offered.map((each) => nameOf(each, t)))],
          [t('clusters:compatibility.lacking'), list(lacking.map((each) => describeLack(each, t)))],
        ]}
      />
    </Card>
  )
}

type Feature = ClusterCompatibility['features'][number]

function nameOf({ feature }: Pick<Feature, 'feature'>, t: TFunction): string {
  return t(`clusters:feature.${feature}`)
}

/** Null for none: there is nothing to say then. */
function list(names: readonly string[]): string | null {
  return names.length === 0 ? null : names.join(', ')
}

/** A feature with the versions from which on it is there. */
function describeLack({ feature, libvirt, hypervisor }: Feature, t: TFunction): string {
  const needs =
    hypervisor === null
      ? t('clusters:compatibility.needsLibvirt', { libvirt })
      : t('clusters:compatibility.needs', { libvirt, hypervisor })
  return `${nameOf({ feature }, t)} (${needs})`
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

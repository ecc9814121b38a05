import { useTranslation } from 'react-i18next'
import type { Host, HostDetails } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'
import { HostDriversCard } from './HostDriversCard.tsx'

const SECOND_MS = 1_000
const UNKNOWN = <Unknown key="unknown" />

/** How a host runs: versions, what shields its machines, merged memory, load, and what should be started anew. */
export function HostSystem({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const { entities, error } = useCollection('host.details', host.id)
  const details = entities.get('details')
  if (error !== null) return <ErrorDetails error={error} />
  if (details === undefined) {
    return <EmptyPage title={t(host.stale ? 'hosts:system.none' : 'common:loading')} busy={!host.stale} />
  }
  return (
    <div className="vd-summary">
      {host.stale ? <StaleAge asOf={details.asOf} /> : null}
      {details.hasShell ? null : <p className="vd-subtle">{t('hosts:system.noShell')}</p>}
      <RestartsCard details={details} />
      <div className="vd-summary__columns">
        <VersionsCard host={host} details={details} />
        <ShieldsCard details={details} />
        <KsmCard details={details} />
        <HostDriversCard host={host} />
      </div>
    </div>
  )
}

function RestartsCard({ details: { restarts } }: { readonly details: HostDetails }) {
  const { t } = useTranslation()
  if (restarts.length === 0) return null
  return (
    <Card title={t('hosts:restarts.title')}>
      <ul className="vd-list">
        {restarts.map(({ kind, detail }) => (
          <li key={`${kind} ${detail}`}>{t(`hosts:restarts.${kind}`, { detail })}</li>
        ))}
      </ul>
    </Card>
  )
}

function VersionsCard({ host: { facts }, details }: { readonly host: Host; readonly details: HostDetails }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { system, kernel, uptimeSeconds, load } = details
  return (
    <Card title={t('hosts:system.title')}>
      <Facts
        facts={[
          [t('hosts:system.os'), system ?? UNKNOWN],
          [t('hosts:system.kernel'), kernel ?? UNKNOWN],
          ['libvirt', facts?.libvirtVersion ?? UNKNOWN],
          ['QEMU', facts?.hypervisorVersion ?? UNKNOWN],
          [t('hosts:system.uptime'), uptimeSeconds === null ? UNKNOWN : format.duration(uptimeSeconds * SECOND_MS)],
          [t('hosts:system.load'), load === null ? UNKNOWN : load.map((each) => each.toFixed(2)).join(' · ')],
        ]}
      />
    </Card>
  )
}

function ShieldsCard({ details: { securityDrivers, selinux, appArmor } }: { readonly details: HostDetails }) {
  const { t } = useTranslation()
  return (
    <Card title={t('hosts:shields.title')}>
      <Facts
        facts={[
          ['SELinux', selinux === null ? UNKNOWN : t(`hosts:shields.selinux.${selinux}`)],
          ['AppArmor', appArmor === null ? UNKNOWN : t(appArmor ? 'hosts:shields.on' : 'hosts:shields.off')],
          [t('hosts:shields.drivers'), securityDrivers.length === 0 ? UNKNOWN : securityDrivers.join(', ')],
        ]}
      />
    </Card>
  )
}

function KsmCard({ details: { ksm } }: { readonly details: HostDetails }) {
  const { t } = useTranslation()
  const format = useFormat()
  const count = (value: number | null) => (value === null ? UNKNOWN : format.number(value))
  return (
    <Card title={t('hosts:ksm.title')}>
      {ksm === null ? (
        <p className="vd-subtle vd-card__text">{t('hosts:ksm.none')}</p>
      ) : (
        <Facts
          facts={[
            [
              t('hosts:ksm.state'),
              ksm.isRunning === null ? UNKNOWN : t(ksm.isRunning ? 'hosts:ksm.runs' : 'hosts:ksm.stopped'),
            ],
            [t('hosts:ksm.pagesShared'), count(ksm.pagesShared)],
            [t('hosts:ksm.pagesSharing'), count(ksm.pagesSharing)],
            [t('hosts:ksm.pagesUnshared'), count(ksm.pagesUnshared)],
            [t('hosts:ksm.fullScans'), count(ksm.fullScans)],
          ]}
        />
      )}
    </Card>
  )
}

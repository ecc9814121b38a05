import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/domain/index.ts'
import type { ErrorCode } from '../../../shared/errors/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import type { MenuEntry } from '../../components/menu.tsx'
import { Problems } from '../../components/Problems.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useEntityActions } from '../../kinds/index.ts'
import { openDialog, useNow } from '../../stores/index.ts'
import { DriftCard } from '../drift/index.ts'
import { askedDigests } from './asked-digests.ts'
import { CommandsProblem } from './ConfigCommands.tsx'
import { HostLifeCard } from './HostLifeCard.tsx'
import { HostPlots } from './HostPlots.tsx'
import { LastHeardCard } from './LastHeardCard.tsx'

/** What an admin asks first of a host: problems, load, what it is, how it is reached. */
export function HostSummary({ host }: { readonly host: Host }) {
  return (
    <div className="vd-summary">
      {host.statusError === null ? null : (
        <Problems
          problems={[{ severity: 'error', error: host.statusError }]}
          actions={<TroubleActions host={host} />}
        />
      )}
      <Problems problems={host.problems.filter(({ error }) => askedDigests(error).length === 0)} />
      {host.problems.map(({ error }) =>
        askedDigests(error).length === 0 ? null : <CommandsProblem key={error.code} hostId={host.id} error={error} />,
      )}
      <HostLifeCard host={host} />
      {host.stale ? <LastHeardCard host={host} /> : null}
      <DriftCard about={{ hostId: host.id }} />
      <HostPlots host={host} />
      <div className="vd-summary__columns">
        <FactsCard host={host} />
        <ReachCard host={host} />
      </div>
    </div>
  )
}

/** What is to be had from the host's own packages, services and groups. */
const MAY_LACK: ReadonlySet<string> = new Set([
  'host.libvirt-missing',
  'host.libvirt-not-running',
  'host.libvirt-permission',
  'host.no-qemu',
  'host.install-failed',
  'host.install-step-failed',
  'host.install-unwatched',
] satisfies readonly ErrorCode[])

/** The ways out of a connection that does not come. */
function TroubleActions({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const { byId } = useEntityActions('host', [host.id])
  const keyChanged = host.statusError?.code === 'ssh.host-key-changed'
  return (
    <>
      {MAY_LACK.has(host.statusError?.code ?? '') ? <ActionLink entry={byId.get('host.check')} /> : null}
      <ActionLink entry={byId.get('host.reconnect')} />
      <Button variant="link" size="sm" isInline onClick={() => openDialog({ kind: 'edit-host', hostId: host.id })}>
        {keyChanged ? t('hosts:action.compareKeys') : t('hosts:action.edit')}
      </Button>
      {host.nextAttemptAt === null ? null : <NextAttempt at={host.nextAttemptAt} />}
    </>
  )
}

function ActionLink({ entry }: { readonly entry: Extract<MenuEntry, { type: 'action' }> | undefined }) {
  if (entry === undefined) return null
  return (
    <Button variant="link" size="sm" isInline isDisabled={(entry.disabledReason ?? null) !== null} onClick={entry.run}>
      {entry.label}
    </Button>
  )
}

function NextAttempt({ at }: { readonly at: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  return (
    <span className="vd-subtle">
      {at <= now ? t('hosts:trouble.tryingNow') : t('hosts:trouble.nextTry', { time: format.duration(at - now) })}
    </span>
  )
}

function FactsCard({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { facts } = host
  if (facts === null) {
    return (
      <Card title={t('hosts:facts.title')}>
        <p className="vd-subtle vd-card__text">{t(host.status === 'up' ? 'common:loading' : 'hosts:facts.none')}</p>
      </Card>
    )
  }
  return (
    <Card title={t('hosts:facts.title')}>
      <Facts
        facts={[
          [t('hosts:facts.hostName'), facts.hostName],
          [
            t('hosts:facts.cpu'),
            t('hosts:facts.cpuLine', {
              vendor: facts.cpuVendor,
              model: facts.cpuModel,
              mhz: format.number(facts.cpuMhz),
            }),
          ],
          [
            t('hosts:facts.cpus'),
            t('hosts:facts.topology', {
              cpus: facts.cpus,
              sockets: facts.sockets * facts.numaNodes,
              cores: facts.coresPerSocket,
              threads: facts.threadsPerCore,
            }),
          ],
          [t('hosts:facts.memory'), format.kib(facts.memoryKiB)],
          [
            t('hosts:facts.hypervisor'),
            `${facts.hypervisor} ${facts.hypervisorVersion} · libvirt ${facts.libvirtVersion}`,
          ],
          [
            t('hosts:facts.virtualization'),
            facts.domainTypes.includes('kvm') ? t('hosts:facts.kvm') : t('hosts:facts.noKvm'),
          ],
          [t('hosts:facts.machine'), `${facts.machineTypes.slice(0, 2).join(', ')} · ${facts.architecture}`],
          [t('hosts:facts.vms'), t('hosts:facts.vmLine', { running: host.runningVmCount, all: host.vmCount })],
          [t('hosts:facts.uuid'), <code key="uuid">{facts.uuid}</code>],
        ]}
      />
    </Card>
  )
}

function ReachCard({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  if (host.transport === 'local') {
    return (
      <Card title={t('hosts:reach.title')}>
        <Facts
          facts={[
            [t('hosts:reach.how'), t('hosts:reach.local')],
            [t('hosts:reach.mode'), t(`hosts:mode.${host.libvirtMode}`)],
            [t('hosts:reach.statusSince'), <Since key="since" at={host.statusSince} />],
          ]}
        />
      </Card>
    )
  }
  return (
    <Card title={t('hosts:reach.title')}>
      <Facts
        facts={[
          [t('hosts:reach.how'), `ssh ${host.user}@${host.address}${host.port === 22 ? '' : `:${host.port}`}`],
          [
            t('hosts:reach.signIn'),
            host.authentication === 'key' && host.privateKeyPath !== null
              ? t('hosts:reach.keyFile', { path: host.privateKeyPath })
              : t(`hosts:auth.${host.authentication}`),
          ],
          [t('hosts:reach.mode'), t(`hosts:mode.${host.libvirtMode}`)],
          [
            t('hosts:reach.hostKey'),
            host.hostKey === null ? null : (
              <span key="key">
                {host.hostKey.type} <code className="vd-break">{host.hostKey.fingerprint}</code>
              </span>
            ),
          ],
          [t('hosts:reach.statusSince'), <Since key="since" at={host.statusSince} />],
        ]}
      />
    </Card>
  )
}

function Since({ at }: { readonly at: number }) {
  const format = useFormat()
  return <time title={format.dateTime(at)}>{format.time(at)}</time>
}

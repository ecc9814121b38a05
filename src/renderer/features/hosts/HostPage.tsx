import { useTranslation } from 'react-i18next'
import type { Host, HostId } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { EllipsisVIcon, ServerIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { Breadcrumb, PageHeader } from '../../components/PageHeader.tsx'
import { PageTabs } from '../../components/PageTabs.tsx'
import { StaleAge, StatusLabel } from '../../components/StatusLabel.tsx'
import { goTo, showHost, useCollection, useEntity } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { VmTable } from '../vms/index.ts'
import { HostSummary } from './HostSummary.tsx'
import { hostTone } from './status.ts'
import { useHostActions } from './use-host-menu.tsx'

/** A host: header with actions, and its tabs. */
export function HostPage({ id, tab }: { readonly id: HostId; readonly tab: string }) {
  const { t } = useTranslation()
  const host = useEntity('hosts', id)
  const { status } = useCollection('hosts')
  if (host === undefined) {
    return status === 'loading' ? (
      <EmptyPage title={t('common:loading')} busy />
    ) : (
      <EmptyPage title={t('hosts:gone.title')} body={t('hosts:gone.body')} />
    )
  }
  return (
    <div className={host.stale ? 'vd-page vd-page--stale' : 'vd-page'}>
      <HostHeader host={host} />
      <PageTabs
        label={host.name}
        current={tab}
        onChange={(next) => showHost(id, next)}
        tabs={[
          { id: 'summary', title: t('hosts:tab.summary'), content: () => <HostSummary host={host} /> },
          {
            id: 'vms',
            title: t('hosts:tab.vms', { count: host.vmCount }),
            content: () => <VmTable key={id} hostId={id} />,
          },
          { id: 'events', title: t('hosts:tab.events'), content: () => <EventList subjectId={id} /> },
        ]}
      />
    </div>
  )
}

function HostHeader({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const [reconnect, edit, remove] = useHostActions(host.id)
  return (
    <PageHeader
      breadcrumb={
        <Breadcrumb steps={[{ label: t('frame:tree.hosts'), onClick: () => goTo({ kind: 'all', tab: 'hosts' }) }]} />
      }
      icon={<ServerIcon />}
      title={host.name}
      labels={
        <>
          <StatusLabel tone={hostTone(host)} status={host.status} word={t(`hosts:status.${host.status}`)} />
          {host.stale && host.asOf !== null ? <StaleAge asOf={host.asOf} /> : null}
        </>
      }
      actions={
        <>
          {[reconnect, edit].map((entry) => (
            <ActionButton
              key={entry.id}
              label={entry.label}
              icon={entry.icon}
              disabledReason={entry.disabledReason ?? null}
              onClick={entry.run}
            />
          ))}
          <MenuButton
            plain
            label={<EllipsisVIcon />}
            ariaLabel={t('hosts:header.allActions')}
            entries={[reconnect, edit, { type: 'separator', id: 'before-remove' }, remove]}
          />
        </>
      }
    />
  )
}

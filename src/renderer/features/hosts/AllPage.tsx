import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostId } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { HomeIcon, PlusIcon } from '../../components/icons.ts'
import { PageHeader } from '../../components/PageHeader.tsx'
import { PageTabs } from '../../components/PageTabs.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Column, DataTable } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { goTo, openDialog, showHost, useCollection } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { queryOfTab, VmTable } from '../vms/index.ts'
import { hostTone } from './status.ts'
import { HostContextMenu } from './use-host-menu.tsx'
import { Welcome } from './Welcome.tsx'

const keyOf = (host: Host) => host.id

/** Everything: all hosts, all machines, all events; the ways in while there is no host yet. */
export function AllPage({ tab }: { readonly tab: string }) {
  const { t } = useTranslation()
  const hosts = useCollection('hosts')
  const vmCount = useCollection('vms').entities.size
  if (hosts.status === 'loading') return <EmptyPage title={t('common:loading')} busy />
  if (hosts.entities.size === 0) return <Welcome />
  return (
    <div className="vd-page">
      <PageHeader
        icon={<HomeIcon />}
        title={t('hosts:all.title')}
        actions={
          <ActionButton
            primary
            label={t('hosts:action.add')}
            icon={<PlusIcon />}
            onClick={() => openDialog({ kind: 'add-host' })}
          />
        }
      />
      <PageTabs
        label={t('hosts:all.title')}
        current={tab.split('?')[0] ?? tab}
        onChange={(next) => goTo({ kind: 'all', tab: next })}
        tabs={[
          { id: 'hosts', title: t('hosts:all.hosts', { count: hosts.entities.size }), content: () => <HostTable /> },
          {
            id: 'vms',
            title: t('hosts:all.vms', { count: vmCount }),
            content: () => <VmTable key={tab} hostId={null} initialQuery={queryOfTab(tab)} />,
          },
          { id: 'events', title: t('hosts:tab.events'), content: () => <EventList subjectId={null} /> },
        ]}
      />
    </div>
  )
}

function HostTable() {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('hosts')
  const rows = useMemo(() => [...entities.values()], [entities])
  const columns = useMemo<readonly Column<Host>[]>(
    () => [
      {
        id: 'name',
        title: t('hosts:column.name'),
        width: '20%',
        sortBy: ({ name }) => name,
        render: (host) => (
          <button
            type="button"
            tabIndex={-1}
            className={host.stale ? 'vd-cell-link vd-stale' : 'vd-cell-link'}
            onClick={() => showHost(host.id)}
          >
            {host.name}
          </button>
        ),
      },
      {
        id: 'status',
        title: t('hosts:column.status'),
        width: '14%',
        sortBy: ({ status }) => t(`hosts:status.${status}`),
        render: (host) => (
          <span className="vd-status">
            <StatusMark tone={hostTone(host)} /> {t(`hosts:status.${host.status}`)}
          </span>
        ),
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
        render: ({ facts }) => (facts === null ? '—' : format.number(facts.cpus)),
      },
      {
        id: 'memory',
        title: t('hosts:column.memory'),
        align: 'end',
        sortBy: ({ facts }) => facts?.memoryKiB ?? null,
        render: ({ facts }) => memoryOf(facts, format),
      },
      {
        id: 'libvirt',
        title: t('hosts:column.libvirt'),
        sortBy: ({ facts }) => facts?.libvirtVersion ?? null,
        render: ({ facts }) => facts?.libvirtVersion ?? '—',
      },
    ],
    [t, format],
  )
  return (
    <div className="vd-list-page">
      <DataTable
        label={t('hosts:all.label')}
        storageKey="hosts"
        wide
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        initialSort={{ column: 'name', descending: false }}
        empty={t('hosts:all.none')}
        onOpen={(host) => showHost(host.id)}
        onDoubleClick={(host) => showHost(host.id)}
        contextMenu={([id]) => (id === undefined ? null : <HostContextMenu hostId={id as HostId} />)}
      />
    </div>
  )
}

function addressOf(host: Host, local: string): string {
  return host.transport === 'local' ? local : `${host.user}@${host.address}${host.port === 22 ? '' : `:${host.port}`}`
}

function memoryOf(facts: Host['facts'], format: Format): string {
  return facts === null ? '—' : format.kib(facts.memoryKiB)
}

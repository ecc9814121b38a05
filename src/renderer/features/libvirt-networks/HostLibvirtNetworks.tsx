import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, LibvirtNetwork } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { Card, Unknown } from '../../components/Card.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { EllipsisVIcon, PlusIcon } from '../../components/icons.ts'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { Name } from '../../components/Name.tsx'
import { PlainTable } from '../../components/PlainTable.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { openDialog, useCollection, useConnection, useRunCommand } from '../../stores/index.ts'
import { NetworkDetails } from './NetworkDetails.tsx'
import { formatSubnet, isOwnMode } from './network-words.ts'

/** The networks of a host's own libvirt, and below them all about the one that was chosen. */
export function HostLibvirtNetworks({ host }: { readonly host: Pick<Host, 'id' | 'stale'> }) {
  const { t } = useTranslation()
  const { entities, error, status } = useCollection('host.libvirt-networks', host.id)
  const isOpen = useConnection() === 'open'
  const [chosen, setChosen] = useState<string | null>(null)
  const networks = useMemo(() => [...entities.values()].sort((a, b) => compareTexts(a.name, b.name)), [entities])
  const shown = networks.find(({ id }) => id === chosen) ?? networks[0]
  if (error !== null) return <ErrorDetails error={error} />
  if (status === 'loading') return <EmptyPage title={t('common:loading')} busy />
  const off = isOpen && !host.stale ? null : t('local:networks.away')
  return (
    <div className="vd-summary">
      {host.stale && shown !== undefined ? <StaleAge asOf={shown.asOf} /> : null}
      <Card
        title={t('local:networks.title')}
        aside={
          <ActionButton
            label={t('local:networks.create')}
            icon={<PlusIcon />}
            disabledReason={off}
            onClick={() => openDialog({ kind: 'create-libvirt-network', hostId: host.id })}
          />
        }
      >
        {networks.length === 0 ? (
          <p className="vd-subtle vd-card__text">{t('local:networks.none')}</p>
        ) : (
          <NetworkTable host={host} networks={networks} off={off} shown={shown?.id} onChoose={setChosen} />
        )}
      </Card>
      {shown === undefined ? null : <NetworkDetails network={shown} />}
    </div>
  )
}

function NetworkTable(props: {
  readonly host: Pick<Host, 'id'>
  readonly networks: readonly LibvirtNetwork[]
  readonly off: string | null
  readonly shown: string | undefined
  readonly onChoose: (id: string) => void
}) {
  const { t } = useTranslation()
  const entriesOf = useEntries(props.host, props.off)
  const rows = props.networks.map((network) => ({
    key: network.id,
    cells: [
      <button
        key="name"
        type="button"
        className="vd-cell-link"
        aria-pressed={network.id === props.shown}
        onClick={() => props.onChoose(network.id)}
      >
        <Name>{network.name}</Name>
      </button>,
      <Status key="status" network={network} />,
      isOwnMode(network.mode) ? t(`local:networks.mode.${network.mode}`) : network.mode,
      network.bridgeName ?? <Unknown key="bridge" />,
      network.ipv4 === null ? <Unknown key="ipv4" /> : formatSubnet(network.ipv4),
      network.ipv6 === null ? <Unknown key="ipv6" /> : formatSubnet(network.ipv6),
      t(network.autostart ? 'local:networks.withHost' : 'local:networks.byHand'),
      String(network.usedBy.length),
      <MenuButton
        key="actions"
        plain
        label={<EllipsisVIcon />}
        ariaLabel={t('local:networks.actionsOf', { name: network.name })}
        entries={entriesOf(network)}
      />,
    ],
  }))
  const heads = ['name', 'status', 'mode', 'bridge', 'ipv4', 'ipv6', 'starts', 'machines', 'actions'] as const
  return (
    <PlainTable
      label={t('local:networks.title')}
      heads={heads.map((head) => t(`local:networks.column.${head}`))}
      rows={rows}
    />
  )
}

function Status({ network: { isActive, pending } }: { readonly network: LibvirtNetwork }) {
  const { t } = useTranslation()
  const state = isActive ? (pending.length === 0 ? 'running' : 'pending') : 'stopped'
  return (
    <span className="vd-status" data-network-state={state}>
      <StatusMark tone={isActive ? (pending.length === 0 ? 'ok' : 'warning') : 'off'} />{' '}
      {t(`local:networks.state.${state}`)}
    </span>
  )
}

function useEntries(host: Pick<Host, 'id'>, off: string | null) {
  const { t } = useTranslation()
  const run = useRunCommand()
  return (network: LibvirtNetwork): readonly MenuEntry[] => {
    const one = { hostId: host.id, libvirtNetworkId: network.id }
    const transient = network.isPersistent ? null : t('local:networks.transient')
    const dialog = (kind: 'edit' | 'stop' | 'remove') => () => openDialog({ kind: `${kind}-libvirt-network`, ...one })
    const isUsed = network.usedBy.some(({ isRunning }) => isRunning)
    const stop = () => void run('libvirt-network.stop', one, network.name)
    const setAutostart = () =>
      void run('libvirt-network.autostart', { ...one, enabled: !network.autostart }, network.name)
    return [
      network.isActive
        ? action('stop', off ?? transient, isUsed ? dialog('stop') : stop)
        : action('start', off, () => void run('libvirt-network.start', one, network.name)),
      { ...action('autostart', off ?? transient, setAutostart), checked: network.autostart },
      action('edit', off ?? transient, dialog('edit')),
      { type: 'separator', id: 'end' },
      { ...action('remove', off, dialog('remove')), danger: true },
    ]
  }

  function action(id: 'start' | 'stop' | 'autostart' | 'edit' | 'remove', reason: string | null, run: () => void) {
    const label = t(`local:networks.action.${id}`)
    return { type: 'action', id: `libvirt-network.${id}`, label, disabledReason: reason, run } as const
  }
}

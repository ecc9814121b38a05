import { useTranslation } from 'react-i18next'
import type { ClusterId, HostAttachment, Network, NetworkAttachment } from '../../../shared/domain/index.ts'
import { EllipsisVIcon } from '../../components/icons.ts'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { describeRoles, describeVlan } from '../networks/index.ts'
import { addressWords } from './address-form.ts'
import type { Dragged } from './carriers.ts'

const TONES = { 'in-sync': 'ok', 'out-of-sync': 'warning', missing: 'bad' } as const

/** A logical network that can be dragged, with a menu that does the same, and where the host differs from it. */
export function NetworkChip(props: {
  readonly network: Network
  /** What it is for there is named. */
  readonly clusterId: ClusterId
  readonly attachment: NetworkAttachment | null
  /** As the host has it. */
  readonly seen: HostAttachment | null
  readonly targets: readonly string[]
  readonly mayChange: boolean
  readonly onDrag: (dragged: Dragged | null) => void
  readonly onAttach: (nic: string) => void
  readonly onDetach: (() => void) | null
  readonly onAddresses: (() => void) | null
}) {
  const { t } = useTranslation()
  const { network, attachment, seen, mayChange, onDetach, onAddresses } = props
  const inCluster = network.clusters.find(({ clusterId }) => clusterId === props.clusterId)
  const addresses = attachment === null ? '' : addressWords(attachment, (method) => t(`networks:method.${method}`))
  const about = [
    addresses,
    describeVlan(network, t),
    inCluster === undefined ? '' : describeRoles(inCluster.roles, t),
    inCluster?.required === true ? t('networks:required') : '',
  ]
  const entries: MenuEntry[] = props.targets.map((target) => ({
    type: 'action',
    id: `to-${target}`,
    label: t('networks:host.attachTo', { target }),
    run: () => props.onAttach(target),
  }))
  if (onAddresses !== null) {
    entries.unshift({ type: 'action', id: 'addresses', label: t('networks:host.setAddresses'), run: onAddresses })
  }
  if (onDetach !== null) {
    entries.push({ type: 'action', id: 'off', label: t('networks:host.takeOff'), danger: true, run: onDetach })
  }
  return (
    <li
      className="vd-chip"
      aria-label={network.name}
      data-network={network.id}
      draggable={mayChange}
      onDragStart={(event) => {
        event.stopPropagation()
        event.dataTransfer.setData('text/plain', network.name)
        props.onDrag({ kind: 'network', networkId: network.id })
      }}
      onDragEnd={() => props.onDrag(null)}
    >
      <div className="vd-chip__line">
        {seen === null ? null : <StatusMark tone={TONES[seen.status]} label={t(`networks:sync.${seen.status}`)} />}
        <strong>
          <Name>{network.name}</Name>
        </strong>
        <span className="vd-chip__about vd-subtle">{about.filter((one) => one !== '').join(' · ')}</span>
        {mayChange ? (
          <MenuButton
            plain
            label={<EllipsisVIcon />}
            ariaLabel={t('networks:host.actionsOf', { name: network.name })}
            entries={entries}
          />
        ) : null}
      </div>
      {seen === null || seen.differences.length === 0 ? null : (
        <dl className="vd-chip__differences" aria-label={t('networks:sync.out-of-sync')}>
          {seen.differences.map(({ field, wanted, actual }) => (
            <div key={field}>
              <dt>{t(`networks:difference.${field}`)}</dt>
              <dd>
                <del>{actual || '—'}</del> → <ins>{wanted || '—'}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  )
}

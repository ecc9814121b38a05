import { FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import {
  type BondMode,
  bondModeSchema,
  type ClusterId,
  type HostNetworks,
  type HostNic,
  type Network,
  type NetworkId,
} from '../../../shared/domain/index.ts'
import { Facts } from '../../components/Card.tsx'
import { EllipsisVIcon } from '../../components/icons.ts'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import type { Carrier, Dragged } from './carriers.ts'
import { NetworkChip } from './NetworkChip.tsx'
import { bondNics, type SetupDraft, setBondMode, unbondNic } from './setup-draft.ts'

/** A NIC or bond with what is attached to it. Networks and NICs are dropped on it; its menu does the same. */
export function CarrierCard(props: {
  readonly carrier: Carrier
  readonly carriers: readonly Carrier[]
  readonly draft: SetupDraft
  readonly there: HostNetworks
  readonly networks: readonly Network[]
  readonly clusterId: ClusterId
  readonly mayChange: boolean
  readonly dragged: Dragged | null
  readonly onDrag: (dragged: Dragged | null) => void
  readonly onDrop: (target: string) => void
  readonly onChange: (draft: SetupDraft) => void
  readonly onAttach: (networkId: NetworkId, nic: string) => void
  readonly onDetach: (networkId: NetworkId) => void
  readonly onAddresses: (networkId: NetworkId) => void
}) {
  const { t } = useTranslation()
  const { carrier, carriers, draft, there, networks, mayChange, dragged, onChange } = props
  const { name, kind, seen, bondOf } = carrier
  const takes = mayChange && dragged !== null && (dragged.kind === 'network' ? bondOf === null : dragged.nic !== name)
  const targets = carriers.filter((other) => other.bondOf === null).map((other) => other.name)
  const taken = new Set(carriers.map((other) => other.name))
  const bondWith = targets.filter((target) => target !== name)
  const entries: readonly MenuEntry[] =
    kind === 'bond'
      ? carrier.nics.map((nic) => ({
          type: 'action',
          id: `out-${nic}`,
          label: t('networks:host.takeOut', { nic }),
          run: () => onChange(unbondNic(draft, nic)),
        }))
      : bondOf === null
        ? bondWith.map((target) => ({
            type: 'action',
            id: `bond-${target}`,
            label: t('networks:host.bondWith', { target }),
            run: () => onChange(bondNics(draft, name, target, taken)),
          }))
        : [
            {
              type: 'action',
              id: 'out',
              label: t('networks:host.takeOut', { nic: name }),
              run: () => onChange(unbondNic(draft, name)),
            },
          ]
  const bond = draft.bonds.find((one) => one.name === name)
  return (
    <li
      className={`vd-card vd-carrier${bondOf === null ? '' : ' vd-carrier--inner'}${takes ? ' vd-carrier--takes' : ''}`}
      aria-label={name}
      data-carrier={name}
      draggable={mayChange && kind === 'nic' && bondOf === null}
      onDragStart={(event) => {
        // A network's own drag bubbles up to its NIC.
        if (event.target !== event.currentTarget) return
        event.dataTransfer.setData('text/plain', name)
        props.onDrag({ kind: 'nic', nic: name })
      }}
      onDragEnd={() => props.onDrag(null)}
      onDragOver={(event) => {
        if (takes) event.preventDefault()
      }}
      onDrop={(event) => {
        event.preventDefault()
        event.stopPropagation()
        if (takes) props.onDrop(name)
      }}
    >
      <div className="vd-card__header">
        <h2 className="vd-card__title vd-carrier__name">
          <StatusMark
            tone={seen === null ? 'moving' : seen.linkUp ? 'ok' : 'off'}
            label={t(
              seen === null ? 'networks:host.new' : seen.linkUp ? 'networks:host.linkUp' : 'networks:host.linkDown',
            )}
          />
          <code>{name}</code>
          {seen?.isOursForSsh === true ? <span className="vd-subtle">{t('networks:host.ours')}</span> : null}
        </h2>
        {mayChange && entries.length > 0 ? (
          <MenuButton
            plain
            label={<EllipsisVIcon />}
            ariaLabel={t('networks:host.actionsOf', { name })}
            entries={entries}
          />
        ) : null}
      </div>
      {kind === 'bond' && bond !== undefined ? (
        <div className="vd-card__text">
          <FormSelect
            aria-label={t('networks:host.modeOf', { name })}
            value={bond.mode}
            isDisabled={!mayChange}
            onChange={(_event, mode) => onChange(setBondMode(draft, name, mode as BondMode))}
          >
            {bondModeSchema.options.map((mode) => (
              <FormSelectOption key={mode} value={mode} label={mode} />
            ))}
          </FormSelect>
        </div>
      ) : null}
      <CarrierFacts carrier={carrier} />
      <ul className="vd-setup__chips" aria-label={t('networks:host.attachedTo', { name })}>
        {draft.attachments
          .filter(({ nic }) => nic === name)
          .map((attachment) => {
            const network = networks.find(({ id }) => id === attachment.networkId)
            return network === undefined ? null : (
              <NetworkChip
                key={network.id}
                network={network}
                clusterId={props.clusterId}
                attachment={attachment}
                seen={there.attachments.find(({ networkId }) => networkId === network.id) ?? null}
                targets={targets.filter((target) => target !== name)}
                mayChange={mayChange}
                onDrag={props.onDrag}
                onAttach={(nic) => props.onAttach(network.id, nic)}
                onDetach={() => props.onDetach(network.id)}
                onAddresses={() => props.onAddresses(network.id)}
              />
            )
          })}
      </ul>
    </li>
  )
}

function CarrierFacts({ carrier: { kind, seen } }: { readonly carrier: Carrier }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (seen === null) return <p className="vd-subtle vd-card__text">{t('networks:host.notThere')}</p>
  const nic = kind === 'nic' ? (seen as HostNic) : null
  const speed = seen.speedMbps === null ? null : t('networks:host.speed', { speed: format.number(seen.speedMbps) })
  return (
    <Facts
      facts={[
        [
          t('networks:host.link'),
          [t(seen.linkUp ? 'networks:host.linkUp' : 'networks:host.linkDown'), speed].filter(Boolean).join(', '),
        ],
        [t('networks:host.mac'), <code key="mac">{seen.macAddress}</code>],
        [
          t('networks:host.driver'),
          nic?.driver == null ? null : (
            <span key="driver">{[nic.driver, nic.pciAddress].filter(Boolean).join(' · ')}</span>
          ),
        ],
        [t('networks:label.mtu'), format.number(seen.mtu)],
        [t('networks:host.lldp'), nic?.lldp == null ? null : `${nic.lldp.chassis} · ${nic.lldp.port}`],
        [
          t('networks:host.sriov'),
          nic?.sriov == null ? null : t('networks:host.functions', { inUse: nic.sriov.inUse, total: nic.sriov.total }),
        ],
        [t('networks:host.bridge'), seen.bridge === null ? null : <code key="bridge">{seen.bridge}</code>],
        [t('networks:host.vlans'), seen.vlans.length === 0 ? null : <code key="vlans">{seen.vlans.join(' ')}</code>],
        [
          t('networks:host.addresses'),
          seen.addresses.length === 0 ? null : <code key="own">{seen.addresses.join(' ')}</code>,
        ],
      ]}
    />
  )
}

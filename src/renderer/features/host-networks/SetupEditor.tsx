import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostNetworks, Network, NetworkId } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { Card } from '../../components/Card.tsx'
import { openDialog, useRunCommand } from '../../stores/index.ts'
import { AddressCard } from './AddressCard.tsx'
import { BridgesCard } from './BridgesCard.tsx'
import { CarrierCard } from './CarrierCard.tsx'
import { carriersOf, type Dragged } from './carriers.ts'
import { decideAttachment, findOffer } from './decide-attachment.ts'
import { NetworkChip } from './NetworkChip.tsx'
import { OfferCard } from './OfferCard.tsx'
import { PlanPreview, usePlan } from './PlanPreview.tsx'
import {
  attachNetwork,
  bondNics,
  changesOf,
  detachNetwork,
  draftOf,
  type SetupDraft,
  setAddresses,
} from './setup-draft.ts'

/** Networks are dragged onto NICs, NICs onto each other; every drag has a menu beside it. Nothing happens before Apply. */
export function SetupEditor(props: {
  readonly host: Host
  readonly there: HostNetworks
  readonly networks: readonly Network[]
}) {
  const { host, there, networks } = props
  const { t } = useTranslation()
  const run = useRunCommand()
  // Null: nothing was moved, and the page follows the host.
  const [moved, setMoved] = useState<SetupDraft | null>(null)
  const [dragged, setDragged] = useState<Dragged | null>(null)
  const [addressed, setAddressed] = useState<NetworkId | null>(null)
  const [isAtWork, setAtWork] = useState(false)
  const board = useRef<HTMLDivElement>(null)
  const focusNext = useRef<NetworkId | null>(null)
  const draft = moved ?? draftOf(there)
  const changes = changesOf(there, draft)
  const { plan, error } = usePlan(changes)
  const carriers = carriersOf(there, draft)
  const mayChange = there.canManage && !host.stale && !isAtWork
  const attached = new Set(draft.attachments.map(({ networkId }) => networkId))
  const free = networks.filter(({ id }) => !attached.has(id))
  const outOfSync = there.attachments.filter(({ status }) => status !== 'in-sync').length
  const chosen = draft.attachments.find(({ networkId }) => networkId === addressed)
  const chosenNetwork = networks.find(({ id }) => id === addressed)
  const offer = findOffer(there, draft, networks, host.clusterId)

  // A network that goes elsewhere takes the focus along.
  useEffect(() => {
    if (focusNext.current === null) return
    board.current?.querySelector<HTMLElement>(`[data-network="${focusNext.current}"] button`)?.focus()
    focusNext.current = null
  })

  const attach = (networkId: NetworkId, nic: string) => {
    const network = networks.find(({ id }) => id === networkId)
    if (network === undefined) return
    const { addresses, isAsked } = decideAttachment(there, draft, network, host.clusterId, nic)
    setMoved(attachNetwork(draft, networkId, nic, addresses))
    setAddressed(isAsked ? networkId : null)
    if (!isAsked) focusNext.current = networkId
  }
  const detach = (networkId: NetworkId) => {
    setMoved(detachNetwork(draft, networkId))
    focusNext.current = networkId
  }
  const leaveAddresses = (networkId: NetworkId) => {
    setAddressed(null)
    focusNext.current = networkId
  }
  const drop = (target: string) => {
    setDragged(null)
    if (dragged === null) return
    if (dragged.kind === 'network') attach(dragged.networkId, target)
    else setMoved(bondNics(draft, dragged.nic, target, new Set(carriers.map(({ name }) => name))))
  }
  const atWork = async (work: () => Promise<{ readonly ok: boolean }>) => {
    setAtWork(true)
    try {
      if ((await work()).ok) setMoved(null)
    } finally {
      setAtWork(false)
    }
  }

  return (
    <div ref={board} className="vd-setup__board">
      <div className="vd-setup__actions">
        <ActionButton
          primary
          label={t('networks:host.apply')}
          disabledReason={refusalOf()}
          onClick={() => {
            if (changes !== null) void atWork(() => run('host.setup-networks', changes, host.name))
          }}
        />
        <ActionButton
          label={t('networks:host.reset')}
          disabledReason={isAtWork ? '' : moved === null ? t('networks:host.unchanged') : null}
          onClick={() => {
            setMoved(null)
            setAddressed(null)
          }}
        />
        <ActionButton
          label={t('networks:host.sync')}
          disabledReason={
            mayChange ? (outOfSync > 0 ? null : t('networks:host.inSync')) : isAtWork ? '' : t('networks:host.readOnly')
          }
          onClick={() => void atWork(() => run('host.sync-networks', { hostId: host.id }, host.name))}
        />
        <ActionButton
          label={t('networks:host.copy')}
          disabledReason={there.attachments.length > 0 ? null : t('networks:host.nothingToCopy')}
          onClick={() => openDialog({ kind: 'copy-host-networks', hostId: host.id })}
        />
      </div>
      <div className="vd-setup">
        <ul className="vd-setup__carriers" aria-label={t('networks:host.nics')}>
          {carriers.map((carrier) => (
            <CarrierCard
              key={carrier.name}
              carrier={carrier}
              carriers={carriers}
              draft={draft}
              there={there}
              networks={networks}
              clusterId={host.clusterId}
              mayChange={mayChange}
              dragged={dragged}
              onDrag={setDragged}
              onDrop={drop}
              onChange={setMoved}
              onAttach={attach}
              onDetach={detach}
              onAddresses={setAddressed}
            />
          ))}
        </ul>
        <section
          className="vd-setup__free"
          aria-label={t('networks:host.aside')}
          onDragOver={(event) => {
            if (dragged?.kind === 'network') event.preventDefault()
          }}
          onDrop={() => {
            if (dragged?.kind === 'network') detach(dragged.networkId)
            setDragged(null)
          }}
        >
          <Card title={t('networks:host.free')}>
            {free.length === 0 ? <p className="vd-subtle vd-card__text">{t('networks:host.allAttached')}</p> : null}
            <ul className="vd-setup__chips">
              {free.map((network) => (
                <NetworkChip
                  key={network.id}
                  network={network}
                  clusterId={host.clusterId}
                  attachment={null}
                  seen={null}
                  targets={carriers.filter(({ bondOf }) => bondOf === null).map(({ name }) => name)}
                  mayChange={mayChange}
                  onDrag={setDragged}
                  onAttach={(nic) => attach(network.id, nic)}
                  onDetach={null}
                  onAddresses={null}
                />
              ))}
            </ul>
          </Card>
          {chosen === undefined || chosenNetwork === undefined ? null : (
            <AddressCard
              key={chosen.networkId}
              name={chosenNetwork.name}
              addresses={chosen}
              onSave={(addresses) => {
                setMoved(setAddresses(draft, chosen.networkId, addresses))
                leaveAddresses(chosen.networkId)
              }}
              onCancel={() => leaveAddresses(chosen.networkId)}
            />
          )}
          <PlanPreview changes={changes} plan={plan} error={error} />
          {offer === null || !mayChange ? null : (
            <OfferCard offer={offer} onTake={() => attach(offer.network.id, offer.ownAddress.nic)} />
          )}
          <BridgesCard there={there} />
        </section>
      </div>
    </div>
  )

  /** Why it cannot be applied now; null: it can. */
  function refusalOf(): string | null {
    if (isAtWork) return ''
    if (!mayChange) return t('networks:host.readOnly')
    if (changes === null) return t('networks:host.unchanged')
    if (error !== null) return t('networks:host.refused')
    if (plan === null) return ''
    return plan.refusals.length > 0 ? t('networks:host.refused') : null
  }
}

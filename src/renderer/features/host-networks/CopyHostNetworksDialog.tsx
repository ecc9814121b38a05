import { Checkbox, FormGroup, TextInput } from '@patternfly/react-core'
import { useCallback, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostId } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { useCollection, useDialogCommand, useEntity } from '../../stores/index.ts'
import { keyOf, type OwnAddress, ownAddressesOf, readTyped, type TypedAddresses } from './copied-addresses.ts'
import { PlanBody, usePlan } from './PlanPreview.tsx'

/** Asks which other hosts of the cluster are to be set up as this one, and shows the plan of each. */
export function CopyHostNetworksDialog({ hostId }: { readonly hostId: HostId }) {
  const host = useEntity('hosts', hostId)
  return host === undefined ? null : <CopyForm host={host} />
}

function CopyForm({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const id = useId()
  const hosts = useCollection('hosts').entities
  const networks = useCollection('networks').entities
  const there = useCollection('host.networks', host.id).entities.get(host.id)
  const asked = useMemo(() => ownAddressesOf(there?.attachments ?? [], networks), [there, networks])
  // What was typed for each host that is chosen, and which of them have a plan that can be carried out.
  const [chosen, setChosen] = useState<ReadonlyMap<HostId, TypedAddresses>>(new Map())
  const [ready, setReady] = useState<ReadonlySet<HostId>>(new Set())
  const { isBusy, error, run } = useDialogCommand('host.copy-networks', host.name)
  const others = [...hosts.values()]
    .filter((other) => other.clusterId === host.clusterId && other.id !== host.id)
    .sort((a, b) => compareTexts(a.name, b.name))
  const inOrder = others.flatMap(({ id: hostId }) => (chosen.has(hostId) ? [hostId] : []))

  const choose = (hostId: HostId, typed: TypedAddresses | null) => {
    const next = new Map(chosen)
    if (typed === null) next.delete(hostId)
    else next.set(hostId, typed)
    setChosen(next)
  }
  const onReady = useCallback((hostId: HostId, isReady: boolean) => {
    setReady((before) => new Set([...before].filter((one) => one !== hostId).concat(isReady ? [hostId] : [])))
  }, [])
  const submit = () => {
    const addresses = inOrder.flatMap((hostId) =>
      (readTyped(asked, chosen.get(hostId) ?? {}) ?? []).map((address) => ({ ...address, hostId })),
    )
    void run({ fromHostId: host.id, hostIds: inOrder, addresses })
  }

  return (
    <FormDialog
      title={t('networks:copy.title', { name: host.name })}
      size="medium"
      label={t('networks:copy.do')}
      isBusy={isBusy}
      isDisabled={inOrder.length === 0 || inOrder.some((hostId) => !ready.has(hostId))}
      error={error}
      onSubmit={submit}
    >
      <p>{t(others.length === 0 ? 'networks:copy.none' : 'networks:copy.body')}</p>
      {others.length === 0 ? null : (
        <FormGroup role="group" label={t('networks:label.hosts')} fieldId={id} isStack>
          {others.map((other) => {
            const typed = chosen.get(other.id)
            return (
              <div key={other.id}>
                <Checkbox
                  id={`${id}-${other.id}`}
                  label={other.name}
                  isDisabled={other.stale}
                  isChecked={typed !== undefined}
                  onChange={(_event, on) => choose(other.id, on ? {} : null)}
                />
                {typed === undefined ? null : (
                  <ChosenHost
                    host={other}
                    fromHostId={host.id}
                    asked={asked}
                    typed={typed}
                    onType={(now) => choose(other.id, now)}
                    onReady={onReady}
                  />
                )}
              </div>
            )
          })}
        </FormGroup>
      )}
    </FormDialog>
  )
}

/** The addresses of a host that is to be set up, and what will happen there. */
function ChosenHost(props: {
  readonly host: Host
  readonly fromHostId: HostId
  readonly asked: readonly OwnAddress[]
  readonly typed: TypedAddresses
  readonly onType: (typed: TypedAddresses) => void
  readonly onReady: (hostId: HostId, isReady: boolean) => void
}) {
  const { host, fromHostId, asked, typed, onReady } = props
  const { t } = useTranslation()
  const id = useId()
  const addresses = readTyped(asked, typed)
  const state = usePlan(
    addresses === null ? null : { hostId: host.id, copied: { fromHostId, addresses: [...addresses] } },
  )
  const isReady = addresses !== null && state.plan !== null && state.plan.refusals.length === 0
  useEffect(() => onReady(host.id, isReady), [host.id, isReady, onReady])
  const wrong = asked.find((one) => readTyped([one], typed) === null)
  return (
    <section className="vd-copy__host" aria-label={host.name}>
      {asked.map((one) => (
        <div key={keyOf(one)} className="vd-copy__address">
          <label htmlFor={`${id}-${keyOf(one)}`}>{t(`networks:copy.${one.family}`, { name: one.networkName })}</label>
          <TextInput
            id={`${id}-${keyOf(one)}`}
            value={typed[keyOf(one)] ?? ''}
            placeholder={t('networks:copy.keeps')}
            validated={readTyped([one], typed) === null ? 'error' : 'default'}
            onChange={(_event, text) => props.onType({ ...typed, [keyOf(one)]: text })}
          />
        </div>
      ))}
      {wrong === undefined ? (
        <PlanBody {...state} isFolded />
      ) : (
        <p className="vd-subtle">{t(`networks:addresses.wrong.${wrong.family}`)}</p>
      )}
    </section>
  )
}

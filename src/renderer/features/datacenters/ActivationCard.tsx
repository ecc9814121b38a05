import { Button } from '@patternfly/react-core'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Datacenter, HostId } from '../../../shared/domain/index.ts'
import { ActionButton, EntryButton } from '../../components/ActionButton.tsx'
import { Card } from '../../components/Card.tsx'
import { CheckIcon } from '../../components/icons.ts'
import { useCreations, useEntityActions } from '../../kinds/index.ts'
import { openDialog, showHost, useEntity } from '../../stores/index.ts'

/** What a datacenter still needs before it is up, in its order, and the next of it as a button. Nothing once all holds. */
export function ActivationCard(props: {
  readonly datacenter: Pick<Datacenter, 'id' | 'name' | 'activation'>
  /** Beside another button that is the main one. */
  readonly isQuiet?: boolean
}) {
  const { datacenter, isQuiet = false } = props
  const { t } = useTranslation()
  const { steps, next } = datacenter.activation
  if (next === null) return null
  const current = steps.findIndex(({ done }) => !done)
  return (
    <Card
      title={t('datacenters:activation.title', { name: datacenter.name })}
      aside={t('datacenters:activation.progress', {
        done: steps.filter(({ done }) => done).length,
        total: steps.length,
      })}
    >
      <ol className="vd-activation">
        {steps.map(({ step, done }, index) => (
          <li
            key={step}
            className="vd-activation__step"
            data-step={step}
            data-done={done}
            aria-current={index === current ? 'step' : undefined}
          >
            <span
              className="vd-activation__number"
              role="img"
              aria-label={t(done ? 'datacenters:activation.done' : 'datacenters:activation.open', {
                number: index + 1,
              })}
            >
              {done ? <CheckIcon /> : index + 1}
            </span>
            <div className="vd-activation__text">
              <strong>{t(`datacenters:activation.step.${step}`)}</strong>
              <span className="vd-subtle"> {t(`datacenters:activation.about.${step}`)}</span>
            </div>
            {index === current ? <NextStep datacenter={datacenter} next={next} isQuiet={isQuiet} t={t} /> : null}
          </li>
        ))}
      </ol>
    </Card>
  )
}

/** One that is out of use by a person's word is taken into use here; of any other its page says what it waits for. */
function WaitingHost({ hostId, variant }: { readonly hostId: HostId; readonly variant: 'primary' | 'secondary' }) {
  const { t } = useTranslation()
  const activate = useEntityActions('host', [hostId]).byId.get('host.activate')
  const isMaintained = useEntity('hosts', hostId)?.maintenance != null
  if (isMaintained && activate !== undefined) return <EntryButton entry={activate} />
  return (
    <Button variant={variant} size="sm" onClick={() => showHost(hostId)}>
      {t('datacenters:activation.seeHost')}
    </Button>
  )
}

function NextStep(props: {
  readonly datacenter: Pick<Datacenter, 'id'>
  readonly next: NonNullable<Datacenter['activation']['next']>
  readonly isQuiet: boolean
  readonly t: TFunction
}) {
  const { datacenter, next, t } = props
  const creations = useCreations()
  const refusalOf = (id: string) => creations.find((creation) => creation.id === id)?.disabledReason ?? null
  const variant = props.isQuiet ? 'secondary' : 'primary'
  switch (next.action) {
    case 'create-cluster':
      return (
        <ActionButton
          primary={!props.isQuiet}
          label={t('clusters:action.create')}
          disabledReason={refusalOf('cluster.create')}
          onClick={() => openDialog({ kind: 'create-cluster', datacenterId: datacenter.id })}
        />
      )
    case 'add-host':
      return (
        <ActionButton
          primary={!props.isQuiet}
          label={t('hosts:action.add')}
          disabledReason={refusalOf('host.add')}
          onClick={() => openDialog({ kind: 'add-host', clusterId: next.clusterId ?? undefined })}
        />
      )
    case 'waiting-host': {
      return next.hostId === null ? null : <WaitingHost hostId={next.hostId} variant={variant} />
    }
    case 'create-data-domain':
      return (
        <ActionButton
          primary={!props.isQuiet}
          label={t('storage:action.create')}
          disabledReason={refusalOf('storage.create')}
          onClick={() => openDialog({ kind: 'create-storage', datacenterId: datacenter.id })}
        />
      )
  }
}

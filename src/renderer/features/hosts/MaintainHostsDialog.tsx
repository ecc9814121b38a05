import { Checkbox, FormGroup, TextInput } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { describeError } from '../../i18n/index.ts'
import { useEntities } from '../../kinds/index.ts'
import { useDialogCommand } from '../../stores/index.ts'
import { type Departure, useEvacuation } from './use-evacuation.ts'

const REASON_LENGTH = 500
/** More than these are counted only. */
const NAMES_SHOWN = 12

/** Takes hosts out of use: says beforehand which machines go where, and which cannot, and asks what is to become of those. */
export function MaintainHostsDialog({ hostIds }: { readonly hostIds: readonly HostId[] }) {
  const { t } = useTranslation()
  const id = useId()
  const hosts = useEntities('host', hostIds)
  const [reason, setReason] = useState('')
  const [isLeft, setLeft] = useState(false)
  const { moving, stuck, error: unanswered, isAsked } = useEvacuation(hostIds)
  const names = hosts.length === 1 ? (hosts[0]?.name ?? '') : t('hosts:bulk.hosts', { count: hosts.length })
  const { isBusy, error, run } = useDialogCommand('host.maintenance', names)
  const [only] = hostIds
  const submit = () => {
    const how = { reason: reason.trim(), unmovable: isLeft ? 'leave' : 'refuse' } as const
    void run(hostIds.length === 1 && only !== undefined ? { hostId: only, ...how } : { hostIds: [...hostIds], ...how })
  }
  return (
    <FormDialog
      title={t('hosts:ask.maintenance.title', { name: names })}
      label={t('hosts:ask.maintenance.do')}
      isBusy={isBusy}
      isDisabled={!isAsked || (stuck.length > 0 && !isLeft)}
      error={error ?? unanswered}
      onSubmit={submit}
    >
      <p>{t('hosts:ask.maintenance.body')}</p>
      <Departures label={t('hosts:evacuation.moving', { count: moving.length })} departures={moving} />
      {stuck.length === 0 ? null : (
        <>
          <Stuck errors={stuck} />
          <Checkbox
            id={`${id}-left`}
            label={t('hosts:evacuation.leave')}
            description={t('hosts:evacuation.leaveHint')}
            isChecked={isLeft}
            onChange={(_event, checked) => setLeft(checked)}
          />
        </>
      )}
      <FormGroup label={t('hosts:life.reason')} fieldId={`${id}-reason`}>
        <TextInput
          id={`${id}-reason`}
          value={reason}
          maxLength={REASON_LENGTH}
          onChange={(_event, value) => setReason(value)}
        />
      </FormGroup>
    </FormDialog>
  )
}

function Departures({ label, departures }: { readonly label: string; readonly departures: readonly Departure[] }) {
  const { t } = useTranslation()
  if (departures.length === 0) return null
  const rest = departures.length - NAMES_SHOWN
  return (
    <div>
      <p>{label}</p>
      <ul className="vd-list" aria-label={label}>
        {departures.slice(0, NAMES_SHOWN).map(({ vmId, name, destination }) => (
          <li key={vmId}>
            <Name>{name}</Name> → <Name>{destination}</Name>
          </li>
        ))}
        {rest > 0 ? <li>{t('common:andMore', { count: rest })}</li> : null}
      </ul>
    </div>
  )
}

/** The machines that no other host can take, each with what stands in its way. */
function Stuck({ errors }: { readonly errors: readonly { readonly name: string; readonly error: WireError }[] }) {
  const { t } = useTranslation()
  const label = t('hosts:evacuation.stuck', { count: errors.length })
  return (
    <div role="alert">
      <p>{label}</p>
      <ul className="vd-list" aria-label={label}>
        {errors.slice(0, NAMES_SHOWN).map(({ name, error }) => (
          <li key={name}>
            <StatusMark tone="warning" /> <Name>{name}</Name>: {describeError(error, t).title}
          </li>
        ))}
        {errors.length > NAMES_SHOWN ? <li>{t('common:andMore', { count: errors.length - NAMES_SHOWN })}</li> : null}
      </ul>
    </div>
  )
}

import { Button } from '@patternfly/react-core'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Drift, decideLineDiff } from '../../../shared/domain/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { LineDiff } from '../../components/LineDiff.tsx'
import { useFormat } from '../../i18n/index.ts'
import { closeDialog, useCollection, useConnection, useEntity, useRunCommand } from '../../stores/index.ts'
import { describeDrift } from './DriftCard.tsx'

/** Both versions of what was changed outside of Virtdeck, and the way to take the new one as known. */
export function CompareDriftDialog({ driftId }: { readonly driftId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const isOpen = useConnection() === 'open'
  const run = useRunCommand()
  const { entities, status } = useCollection('drifts')
  const drift = entities.get(driftId)
  // Accepted elsewhere, or as it was: there is nothing left to compare.
  const isGone = status === 'live' && drift === undefined
  useEffect(() => {
    if (isGone) closeDialog()
  }, [isGone])
  if (drift === undefined) return null
  const accept = () => {
    closeDialog()
    void run('drift.accept', { drifts: [{ id: drift.id, revision: drift.revision }] }, drift.name)
  }
  return (
    <DialogFrame
      size="large"
      title={t('drift:dialog.title', { name: drift.name })}
      description={t(drift.machine === null ? 'drift:dialog.body' : 'drift:dialog.machineBody')}
      footer={
        <>
          <Button variant="primary" isDisabled={!isOpen} onClick={accept}>
            {t('drift:accept')}
          </Button>
          <Button variant="link" onClick={closeDialog}>
            {t('common:close')}
          </Button>
        </>
      }
    >
      <p>{describeDrift(drift, t, format)}</p>
      {drift.machine === null ? <Versions drift={drift} /> : null}
    </DialogFrame>
  )
}

function Versions({ drift }: { readonly drift: Drift }) {
  const { t } = useTranslation()
  const format = useFormat()
  const known = useEntity('drift.versions', 'known', drift.id)
  const now = useEntity('drift.versions', 'now', drift.id)
  const lines = useMemo(
    () => (typeof known?.xml === 'string' && typeof now?.xml === 'string' ? decideLineDiff(known.xml, now.xml) : null),
    [known, now],
  )
  if (known === undefined || now === undefined) return <p className="vd-subtle">{t('common:loading')}</p>
  if (lines === null) return <p>{t('drift:dialog.notKept')}</p>
  return (
    <>
      <p className="vd-subtle">
        <span className="vd-diff__line--known">
          − {t('drift:dialog.known', { time: format.dateTime(known.readAt) })}
        </span>
        {' · '}
        <span className="vd-diff__line--now">+ {t('drift:dialog.now', { time: format.dateTime(now.readAt) })}</span>
      </p>
      <LineDiff label={t('drift:dialog.lines')} lines={lines} none={t('drift:dialog.secretsOnly')} />
    </>
  )
}

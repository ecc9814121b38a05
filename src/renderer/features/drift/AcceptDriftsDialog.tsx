import { Button } from '@patternfly/react-core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { closeDialog, useCollection, useConnection, useEntity, useRunCommand } from '../../stores/index.ts'

/** Most that one call takes. */
const ACCEPT_LIMIT = 5_000

/** Asks before everything that was changed on a host is taken as known. */
export function AcceptDriftsDialog({ hostId }: { readonly hostId: HostId }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const isOpen = useConnection() === 'open'
  const host = useEntity('hosts', hostId)
  const { entities } = useCollection('drifts')
  const drifts = useMemo(
    () => [...entities.values()].filter((drift) => drift.hostId === hostId).slice(0, ACCEPT_LIMIT),
    [entities, hostId],
  )
  const accept = () => {
    closeDialog()
    void run('drift.accept', { drifts: drifts.map(({ id, revision }) => ({ id, revision })) }, host?.name ?? hostId)
  }
  return (
    <DialogFrame
      size="small"
      isQuestion
      title={t('drift:all.title', { name: host?.name ?? '' })}
      footer={
        <>
          <Button variant="primary" isDisabled={!isOpen || drifts.length === 0} onClick={accept}>
            {t('drift:accept')}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      <p>{t('drift:all.body', { count: drifts.length })}</p>
    </DialogFrame>
  )
}

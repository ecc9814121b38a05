import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { closeDialog, useCollection, useConnection, useRunCommand } from '../../stores/index.ts'

/** Asks before a volume is deleted with all that is in it. */
export function RemoveHostVolumeDialog(props: {
  readonly hostId: HostId
  readonly poolId: string
  readonly name: string
}) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const isOpen = useConnection() === 'open'
  const { hostId, poolId, name } = props
  const poolName = useCollection('host.pools', hostId).entities.get(poolId)?.name ?? poolId
  const confirm = () => {
    closeDialog()
    void run('host-volume.remove', { hostId, poolId, name }, name)
  }
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={t('local:pools.removeVolume.title', { name })}
      footer={
        <>
          <Button variant="danger" isDisabled={!isOpen} onClick={confirm}>
            {t('local:pools.removeVolume.do')}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      <p>{t('local:pools.removeVolume.body', { pool: poolName })}</p>
    </DialogFrame>
  )
}

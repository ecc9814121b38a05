import { Button } from '@patternfly/react-core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { VmId } from '../../../../shared/domain/index.ts'
import { DialogFrame } from '../../../components/dialog/index.ts'
import { closeDialog, useConnection, useEntity, useRunCommand } from '../../../stores/index.ts'

/** Asks what is to be done with a machine that has not shut down in its time. It goes away when the machine is down after all. */
export function UnansweredShutdownDialog({ vmId }: { readonly vmId: VmId }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const vm = useEntity('vms', vmId)
  const isOff = useConnection() !== 'open'
  const isOver = vm === undefined || vm.status === 'down'
  useEffect(() => {
    if (isOver) closeDialog()
  }, [isOver])
  if (vm === undefined) return null
  const choose = (command: 'vm.poweroff' | 'vm.shutdown') => {
    closeDialog()
    void run(command, { vmId }, vm.name)
  }
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={t('vms:stillUp.title', { name: vm.name })}
      footer={
        <>
          <Button onClick={() => choose('vm.shutdown')} isDisabled={isOff}>
            {t('vms:stillUp.again')}
          </Button>
          <Button variant="danger" onClick={() => choose('vm.poweroff')} isDisabled={isOff}>
            {t('vms:confirm.poweroff.do')}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('vms:stillUp.leave')}
          </Button>
        </>
      }
    >
      <p>{t('vms:stillUp.body')}</p>
    </DialogFrame>
  )
}

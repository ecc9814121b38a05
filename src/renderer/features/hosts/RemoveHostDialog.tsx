import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import { closeDialog, goTo, useEntity, useRunCommand, workspace } from '../../stores/index.ts'

/** Asks before a host is forgotten, and says what that does and does not do. */
export function RemoveHostDialog({ hostId }: { readonly hostId: HostId }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const host = useEntity('hosts', hostId)
  if (host === undefined) return null
  const remove = async () => {
    closeDialog()
    const result = await run('host.remove', { hostId }, host.name)
    const { place } = workspace.getState()
    if (result.ok && place.kind !== 'all') goTo({ kind: 'all', tab: 'hosts' })
  }
  return (
    <Modal
      isOpen
      variant="small"
      onEscapePress={closeDialog}
      aria-labelledby="remove-host-title"
      aria-describedby="remove-host-body"
    >
      <ModalHeader
        title={t('hosts:remove.title', { name: host.name })}
        titleIconVariant="warning"
        titleScreenReaderText={t('common:error.warning')}
        labelId="remove-host-title"
      />
      <ModalBody id="remove-host-body">
        <p>{t('hosts:remove.body')}</p>
        <p>{t('hosts:remove.vms', { count: host.vmCount })}</p>
      </ModalBody>
      <ModalFooter>
        <Button variant="danger" onClick={() => void remove()}>
          {t('hosts:remove.do')}
        </Button>
        <Button variant="link" onClick={closeDialog} autoFocus>
          {t('common:cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  )
}

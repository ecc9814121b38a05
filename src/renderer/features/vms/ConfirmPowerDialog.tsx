import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { VmId } from '../../../shared/domain/index.ts'
import { closeDialog, useCollection, useRunCommand } from '../../stores/index.ts'

/** At most so many names in the question; the rest is counted. */
const NAMES_SHOWN = 8

/** Asks before a machine loses its power, its running state, or its saved one. */
export function ConfirmPowerDialog(props: {
  readonly action: 'poweroff' | 'reset' | 'discard'
  readonly vmIds: readonly VmId[]
}) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const { entities } = useCollection('vms')
  const vms = props.vmIds.map((id) => entities.get(id)).filter((vm) => vm !== undefined)
  const confirm = () => {
    closeDialog()
    for (const vm of vms) {
      if (props.action === 'discard') void run('vm.start', { vmId: vm.id, discardSavedState: true }, vm.name)
      else void run(`vm.${props.action}`, { vmId: vm.id }, vm.name)
    }
  }
  const name = vms.length === 1 ? (vms[0]?.name ?? '') : t('vms:bulk.machines', { count: vms.length })
  return (
    <Modal
      isOpen
      variant="small"
      onEscapePress={closeDialog}
      aria-labelledby="confirm-power-title"
      aria-describedby="confirm-power-body"
    >
      <ModalHeader
        title={t(`vms:confirm.${props.action}.title`, { name })}
        titleIconVariant="warning"
        titleScreenReaderText={t('common:error.warning')}
        labelId="confirm-power-title"
      />
      <ModalBody id="confirm-power-body">
        <p>{t(`vms:confirm.${props.action}.body`)}</p>
        {vms.length > 1 ? (
          <ul className="vd-list">
            {vms.slice(0, NAMES_SHOWN).map((vm) => (
              <li key={vm.id}>{vm.name}</li>
            ))}
            {vms.length > NAMES_SHOWN ? <li>{t('common:andMore', { count: vms.length - NAMES_SHOWN })}</li> : null}
          </ul>
        ) : null}
      </ModalBody>
      <ModalFooter>
        <Button variant="danger" onClick={confirm}>
          {t(`vms:confirm.${props.action}.do`)}
        </Button>
        <Button variant="link" onClick={closeDialog} autoFocus>
          {t('common:cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  )
}

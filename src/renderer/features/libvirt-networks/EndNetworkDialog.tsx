import { Button, Checkbox } from '@patternfly/react-core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId, LibvirtNetwork } from '../../../shared/domain/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { closeDialog, useCollection, useConnection, useRunCommand } from '../../stores/index.ts'

interface OneNetwork {
  readonly hostId: HostId
  readonly libvirtNetworkId: string
}
type Way = 'stop' | 'remove'

/** Asks before a network is stopped that running machines are on. */
export function StopLibvirtNetworkDialog({ hostId, libvirtNetworkId }: OneNetwork) {
  const network = useCollection('host.libvirt-networks', hostId).entities.get(libvirtNetworkId)
  return network === undefined ? null : <Question hostId={hostId} network={network} way="stop" />
}

/** Asks before a network is removed. */
export function RemoveLibvirtNetworkDialog({ hostId, libvirtNetworkId }: OneNetwork) {
  const network = useCollection('host.libvirt-networks', hostId).entities.get(libvirtNetworkId)
  return network === undefined ? null : <Question hostId={hostId} network={network} way="remove" />
}

/** Where machines are on it, a person has to say that they may lose it. */
function Question(props: { readonly hostId: HostId; readonly network: LibvirtNetwork; readonly way: Way }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const isOpen = useConnection() === 'open'
  const [evenIfUsed, setEvenIfUsed] = useState(false)
  const { hostId, network, way } = props
  const users = network.usedBy.filter(({ isRunning }) => isRunning || way === 'remove')
  const confirm = () => {
    closeDialog()
    const input = { hostId, libvirtNetworkId: network.id, evenIfUsed }
    void run(`libvirt-network.${way}`, input, network.name)
  }
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={t(`local:${way}.title`, { name: network.name })}
      footer={
        <>
          <Button variant="danger" isDisabled={!isOpen || (users.length > 0 && !evenIfUsed)} onClick={confirm}>
            {t(`local:${way}.do`)}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      <p>{t(`local:${way}.body`)}</p>
      {users.length === 0 ? null : (
        <Checkbox
          id="libvirt-network-even-if-used"
          label={t('local:end.evenIfUsed')}
          description={t('local:end.users', { count: users.length, names: users.map(({ name }) => name).join(', ') })}
          isChecked={evenIfUsed}
          onChange={(_event, checked) => setEvenIfUsed(checked)}
        />
      )}
    </DialogFrame>
  )
}

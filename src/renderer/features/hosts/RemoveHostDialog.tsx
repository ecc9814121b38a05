import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { closeDialog, goTo, useEngine, useEntity, useRunCommand, workspace } from '../../stores/index.ts'

/** Asks before a host is forgotten, and says what that does and does not do. */
export function RemoveHostDialog({ hostId }: { readonly hostId: HostId }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const { collections } = useEngine()
  const host = useEntity('hosts', hostId)
  if (host === undefined) return null
  const remove = async () => {
    closeDialog()
    const hostOf = new Map([...collections.store('vms').getState().entities.values()].map((vm) => [vm.id, vm.hostId]))
    const result = await run('host.remove', { hostId }, host.name)
    const { place } = workspace.getState()
    const shown = place.kind === 'vm' ? hostOf.get(place.id) : place.kind === 'host' ? place.id : null
    // What went with the host is shown no longer; a person who looks at something else stays there.
    if (result.ok && shown === hostId) goTo({ kind: 'all', tab: 'hosts' })
  }
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={t('hosts:remove.title', { name: host.name })}
      footer={
        <>
          <Button variant="danger" onClick={() => void remove()}>
            {t('hosts:remove.do')}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      <p>{t('hosts:remove.body')}</p>
      {host.vmCount === 0 ? null : <p>{t('hosts:remove.vms', { count: host.vmCount })}</p>}
    </DialogFrame>
  )
}

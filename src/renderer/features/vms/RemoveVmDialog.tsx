import { Button, Checkbox } from '@patternfly/react-core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Vm, VmId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import {
  closeDialog,
  goTo,
  isShown,
  useCollection,
  useConnection,
  useEntity,
  useGroupVerdicts,
  useRunCommand,
} from '../../stores/index.ts'

/** Asks before a machine is removed, and whether its disks go too. */
export function RemoveVmDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <Question vm={vm} />
}

function Question({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const isOpen = useConnection() === 'open'
  const refusal = useRefusal(vm.id)
  const disks = useDisksOf(vm.id)
  const [removesDisks, setRemovesDisks] = useState(false)
  const isReady = isOpen && refusal === null
  const confirm = async () => {
    if (!isReady) return
    closeDialog()
    const result = await run('vm.remove', { vmId: vm.id, removeDisks: removesDisks }, vm.name)
    // A person who looks at something else by now stays there.
    if (result.ok && isShown({ kind: 'vm', id: vm.id })) goTo({ kind: 'all', tab: 'vms' })
  }
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={t('newvm:remove.title', { name: vm.name })}
      footer={
        <>
          <Button variant="danger" isDisabled={!isReady} onClick={() => void confirm()}>
            {t(removesDisks ? 'newvm:remove.doWithDisks' : 'newvm:remove.do')}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      {refusal === undefined || refusal === null ? (
        <p>{t('newvm:remove.body')}</p>
      ) : (
        <div role="alert">
          <ErrorDetails error={refusal} onLeave={closeDialog} />
        </div>
      )}
      {refusal === null && disks.length > 0 ? (
        <>
          <Checkbox
            id="remove-vm-disks"
            label={t('newvm:remove.disks', { count: disks.length })}
            description={t('newvm:remove.disksAbout')}
            isChecked={removesDisks}
            onChange={(_event, checked) => setRemovesDisks(checked)}
          />
          <ul className="vd-names">
            {disks.map(({ id, name }) => (
              <li key={id}>
                <Name>{name}</Name>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </DialogFrame>
  )
}

/** The disks that are this machine's own: an image of an installation medium is nobody's. */
function useDisksOf(vmId: VmId) {
  const { entities } = useCollection('disks')
  return useMemo(
    () =>
      [...entities.values()].filter(({ kind, usedBy }) => kind === 'disk' && usedBy.some((use) => use.vmId === vmId)),
    [entities, vmId],
  )
}

/** Why the engine would not do it; null: it would; undefined: it has not said yet. */
function useRefusal(id: VmId): WireError | null | undefined {
  const ids = useMemo(() => [id], [id])
  const verdict = useGroupVerdicts({ calls: [{ command: 'vm.remove', input: {} }], kind: 'vm', ids, list: false })?.[0]
  if (verdict === undefined) return undefined
  return verdict.allowed > 0 ? null : (verdict.refused[0]?.error ?? null)
}

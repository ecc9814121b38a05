import { useTranslation } from 'react-i18next'
import type { DatacenterId } from '../../../shared/domain/index.ts'
import { closeDialog, goTo, isShown, useEntity, useRunCommand } from '../../stores/index.ts'
import { RemoveHolderDialog } from '../capacity/index.ts'

/** Asks before a datacenter is removed; while it has clusters it lists them. */
export function RemoveDatacenterDialog({ datacenterId }: { readonly datacenterId: DatacenterId }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const datacenter = useEntity('datacenters', datacenterId)
  if (datacenter === undefined) return null
  const remove = async () => {
    closeDialog()
    const result = await run('datacenter.remove', { datacenterId }, datacenter.name)
    // A person who looks at something else by now stays there.
    if (result.ok && isShown({ kind: 'datacenter', id: datacenterId })) goTo({ kind: 'all', tab: 'overview' })
  }
  return (
    <RemoveHolderDialog
      kind="datacenter"
      id={datacenterId}
      command="datacenter.remove"
      title={t('datacenters:remove.title', { name: datacenter.name })}
      body={t('datacenters:remove.body')}
      onRemove={() => void remove()}
    />
  )
}

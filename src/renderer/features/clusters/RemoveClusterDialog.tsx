import { useTranslation } from 'react-i18next'
import type { ClusterId } from '../../../shared/domain/index.ts'
import { closeDialog, isShown, showEntity, useEntity, useRunCommand } from '../../stores/index.ts'
import { RemoveHolderDialog } from '../capacity/index.ts'

/** Asks before a cluster is removed; while it has hosts it lists them. */
export function RemoveClusterDialog({ clusterId }: { readonly clusterId: ClusterId }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const cluster = useEntity('clusters', clusterId)
  if (cluster === undefined) return null
  const remove = async () => {
    closeDialog()
    const result = await run('cluster.remove', { clusterId }, cluster.name)
    // A person who looks at something else by now stays there.
    if (result.ok && isShown({ kind: 'cluster', id: clusterId })) showEntity('datacenter', cluster.datacenterId)
  }
  return (
    <RemoveHolderDialog
      kind="cluster"
      id={clusterId}
      command="cluster.remove"
      title={t('clusters:remove.title', { name: cluster.name })}
      body={t('clusters:remove.body')}
      onRemove={() => void remove()}
    />
  )
}

import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { PendingChange, Vm } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { EditIcon } from '../../components/icons.ts'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Format, useFormat } from '../../i18n/index.ts'
import { useEntityActions } from '../../kinds/index.ts'
import { describeChange } from '../drift/index.ts'

/** Of a running machine whose definition on disk is another one: what will be other after its next start, and the way back. */
export function PendingNote({ vm }: { readonly vm: Vm }) {
  return vm.pending.length === 0 ? null : <WaitingChanges vm={vm} />
}

function WaitingChanges({ vm: { id, pending } }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { byId } = useEntityActions('vm', [id])
  return (
    <div className="vd-summary__note vd-summary__note--pending">
      <StatusMark tone="warning" /> {describePending(pending, t, format)}{' '}
      <EntryButton entry={byId.get('vm.discard-pending')} />
    </div>
  )
}

/** The same in a list: a mark whose tooltip says it. */
export function PendingMark({ pending }: Pick<Vm, 'pending'>) {
  const { t } = useTranslation()
  const format = useFormat()
  if (pending.length === 0) return null
  const text = describePending(pending, t, format)
  return (
    <span role="img" className="vd-cell-mark" aria-label={text} title={text}>
      <EditIcon />
    </span>
  )
}

/** "2 changes wait for the next start: memory 8 GiB → 12 GiB, video virtio → qxl". Pure. */
export function describePending(
  pending: readonly PendingChange[],
  t: TFunction,
  format: Pick<Format, 'kib' | 'number'>,
): string {
  const changes = pending.map((change) => describeChange(change, t, format)).join(', ')
  return t('vms:pending.note', { count: pending.length, changes })
}

import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import { EditIcon, SyncAltIcon, TrashIcon } from '../../components/icons.ts'
import { type MenuEntry, MenuPopup } from '../../components/menu.tsx'
import { describeError } from '../../i18n/index.ts'
import {
  openDialog,
  type ProposedCall,
  useConnection,
  useEntity,
  useRunCommand,
  useVerdicts,
} from '../../stores/index.ts'

export type HostActionEntry = Extract<MenuEntry, { type: 'action' }>

/** What can be done to a host: the same in its header, the tree and the menu bar. */
export function useHostActions(
  hostId: HostId,
): readonly [reconnect: HostActionEntry, edit: HostActionEntry, remove: HostActionEntry] {
  const { t } = useTranslation()
  const run = useRunCommand()
  const host = useEntity('hosts', hostId)
  // No host is selected: there is nothing to ask about.
  const calls: readonly ProposedCall[] =
    host === undefined
      ? []
      : [
          { command: 'host.reconnect', input: { hostId } },
          { command: 'host.edit', input: { hostId } },
          { command: 'host.remove', input: { hostId } },
        ]
  const verdicts = useVerdicts(calls, host)
  // Without an engine nobody can be asked, and that is why; else the answer is only on its way.
  const unasked = useConnection() === 'lost' ? t('errors:transport.lost.title') : ''
  const reason = (index: number) => {
    const verdict = verdicts[index]
    return verdict === null ? null : verdict === undefined ? unasked : describeError(verdict, t).title
  }
  return [
    {
      type: 'action',
      id: 'host.reconnect',
      label: t('hosts:action.reconnect'),
      icon: <SyncAltIcon />,
      disabledReason: reason(0),
      run: () => void run('host.reconnect', { hostId }, host?.name),
    },
    {
      type: 'action',
      id: 'host.edit',
      label: t('hosts:action.edit'),
      icon: <EditIcon />,
      disabledReason: reason(1),
      run: () => openDialog({ kind: 'edit-host', hostId }),
    },
    {
      type: 'action',
      id: 'host.remove',
      label: t('hosts:action.remove'),
      icon: <TrashIcon />,
      danger: true,
      disabledReason: reason(2),
      run: () => openDialog({ kind: 'remove-host', hostId }),
    },
  ]
}

/** The context menu of a host. */
export function HostContextMenu({ hostId }: { readonly hostId: HostId }) {
  const [reconnect, edit, remove] = useHostActions(hostId)
  return <MenuPopup entries={[reconnect, edit, { type: 'separator', id: 'before-remove' }, remove]} />
}

import { useTranslation } from 'react-i18next'
import type { Vm, VmId } from '../../../shared/domain/index.ts'
import { DesktopIcon, TerminalIcon } from '../../components/icons.ts'
import { type MenuEntry, MenuPopup } from '../../components/menu.tsx'
import { useCollection } from '../../stores/index.ts'
import { type ConsoleKind, openConsole } from './open-console.ts'
import { whyInactive } from './status.ts'
import { useVmActions } from './use-vm-actions.tsx'

/** Why a console cannot be opened; `null`: it can. */
export function useConsoleReason(): (vm: Vm, kind: ConsoleKind) => string | null {
  const { t } = useTranslation()
  return (vm, kind) => {
    if (kind === 'graphics' && !vm.graphics.some(({ type }) => type === 'vnc')) return t('vms:console.noGraphics')
    if (kind === 'serial' && !vm.hasSerialConsole) return t('vms:console.noSerial')
    const reason = whyInactive(vm.status)
    return reason === null ? null : t(reason)
  }
}

/** All that can be done to some VMs, as the lines of a menu: the same in the header, the tree and the lists. */
export function useVmMenu(vms: readonly Vm[]): readonly MenuEntry[] {
  const { t } = useTranslation()
  const actions = useVmActions(vms)
  const consoleReason = useConsoleReason()
  const [only] = vms
  const entries: MenuEntry[] = []
  if (only !== undefined && vms.length === 1) {
    entries.push(
      {
        type: 'action',
        id: 'console.graphics',
        label: t('vms:action.console'),
        icon: <DesktopIcon />,
        disabledReason: consoleReason(only, 'graphics'),
        run: () => openConsole(only, 'graphics'),
      },
      {
        type: 'action',
        id: 'console.serial',
        label: t('vms:action.serialConsole'),
        icon: <TerminalIcon />,
        disabledReason: consoleReason(only, 'serial'),
        run: () => openConsole(only, 'serial'),
      },
      { type: 'separator', id: 'after-console' },
    )
  }
  const groups = [
    ['start', 'startPaused', 'startFresh', 'resume', 'pause'],
    ['shutdown', 'reboot', 'save'],
    ['poweroff', 'reset'],
    ['autostartOn', 'autostartOff'],
  ] as const
  groups.forEach((group, index) => {
    if (index > 0) entries.push({ type: 'separator', id: `group-${index}` })
    for (const id of group) {
      const entry = actions.get(id)
      if (entry !== undefined) entries.push(entry)
    }
  })
  if (only !== undefined && vms.length === 1) {
    entries.push(
      { type: 'separator', id: 'before-copy' },
      {
        type: 'action',
        id: 'copy.id',
        label: t('vms:action.copyId'),
        // Refused by the browser: the ID stands on the machine's page, to be copied by hand.
        run: () => void navigator.clipboard.writeText(only.id).catch(() => undefined),
      },
    )
  }
  return entries
}

/** The context menu of some VMs; its lines know what may run at the moment it is opened. */
export function VmContextMenu({ vmIds }: { readonly vmIds: readonly VmId[] }) {
  const { entities } = useCollection('vms')
  const vms = vmIds.map((id) => entities.get(id)).filter((vm) => vm !== undefined)
  return <MenuPopup entries={useVmMenu(vms)} />
}

import { useTranslation } from 'react-i18next'
import type { HostId } from '../../shared/domain/index.ts'
import type { MenuEntry } from '../components/menu.tsx'
import { useHostActions, useLocalSocket } from '../features/hosts/index.ts'
import { openPalette } from '../features/search/index.ts'
import { useVmMenu } from '../features/vms/index.ts'
import {
  goTo,
  openDialog,
  setDock,
  setPreferences,
  signOut,
  useEntity,
  usePreferences,
  useWorkspace,
} from '../stores/index.ts'

const NO_HOST = '00000000-0000-0000-0000-000000000000' as HostId

export interface BarMenu {
  readonly id: string
  readonly title: string
  readonly entries: readonly MenuEntry[]
}

/** The menus of the bar. Machine and Host act on what is selected. */
export function useMenus(): readonly BarMenu[] {
  const { t } = useTranslation()
  return [
    { id: 'file', title: t('frame:menu.file'), entries: useFileMenu() },
    { id: 'view', title: t('frame:menu.view'), entries: useViewMenu() },
    { id: 'machine', title: t('frame:menu.machine'), entries: useMachineMenu() },
    { id: 'host', title: t('frame:menu.host'), entries: useHostMenu() },
    {
      id: 'help',
      title: t('frame:menu.help'),
      entries: [
        {
          type: 'action',
          id: 'shortcuts',
          label: t('frame:menu.shortcuts'),
          run: () => openDialog({ kind: 'shortcuts' }),
        },
        { type: 'action', id: 'about', label: t('frame:menu.about'), run: () => openDialog({ kind: 'about' }) },
      ],
    },
  ]
}

function useFileMenu(): readonly MenuEntry[] {
  const { t } = useTranslation()
  const socket = useLocalSocket()
  const session = useEntity('session', 'session')
  const entries: MenuEntry[] = [
    { type: 'action', id: 'host.add', label: t('hosts:action.add'), run: () => openDialog({ kind: 'add-host' }) },
    {
      type: 'action',
      id: 'host.add-local',
      label: t('hosts:welcome.local'),
      disabledReason: socket === null ? t('hosts:welcome.localNone') : null,
      run: () => openDialog({ kind: 'add-host', local: true }),
    },
    { type: 'separator', id: 'after-add' },
    { type: 'action', id: 'settings', label: t('settings:menu'), run: () => openDialog({ kind: 'settings' }) },
  ]
  if (session?.canSignOut === true) {
    entries.push(
      { type: 'separator', id: 'before-sign-out' },
      { type: 'action', id: 'sign-out', label: t('frame:menu.signOut'), run: () => void signOut() },
    )
  }
  return entries
}

function useViewMenu(): readonly MenuEntry[] {
  const { t } = useTranslation()
  const { theme } = usePreferences()
  const dockOpen = useWorkspace((state) => state.dockOpen)
  return [
    {
      type: 'action',
      id: 'all.hosts',
      label: t('frame:menu.allHosts'),
      run: () => goTo({ kind: 'all', tab: 'hosts' }),
    },
    { type: 'action', id: 'all.vms', label: t('frame:menu.allVms'), run: () => goTo({ kind: 'all', tab: 'vms' }) },
    {
      type: 'action',
      id: 'all.events',
      label: t('frame:menu.allEvents'),
      run: () => goTo({ kind: 'all', tab: 'events' }),
    },
    { type: 'separator', id: 'after-places' },
    { type: 'action', id: 'palette', label: t('frame:menu.search'), shortcut: 'Ctrl+K', run: openPalette },
    {
      type: 'action',
      id: 'dock',
      label: t('frame:dock.label'),
      shortcut: 'Ctrl+J',
      checked: dockOpen,
      run: () => setDock({ dockOpen: !dockOpen }),
    },
    { type: 'separator', id: 'before-theme' },
    {
      type: 'submenu',
      id: 'theme',
      label: t('settings:browser.theme'),
      entries: (['system', 'light', 'dark'] as const).map((other) => ({
        type: 'action',
        id: `theme.${other}`,
        label: t(`settings:theme.${other}`),
        checked: theme === other,
        run: () => setPreferences({ theme: other }),
      })),
    },
  ]
}

/** One line that says why a menu has nothing to act on. */
function nothing(id: string, label: string): readonly MenuEntry[] {
  return [{ type: 'action', id, label, disabledReason: '', run: () => undefined }]
}

function useMachineMenu(): readonly MenuEntry[] {
  const { t } = useTranslation()
  const place = useWorkspace((state) => state.place)
  const vm = useEntity('vms', place.kind === 'vm' ? place.id : null)
  const menu = useVmMenu(vm === undefined ? [] : [vm])
  return vm === undefined ? nothing('no-machine', t('frame:menu.noMachine')) : menu
}

function useHostMenu(): readonly MenuEntry[] {
  const { t } = useTranslation()
  const place = useWorkspace((state) => state.place)
  const vm = useEntity('vms', place.kind === 'vm' ? place.id : null)
  const hostId = place.kind === 'host' ? place.id : (vm?.hostId ?? null)
  const [reconnect, edit, remove] = useHostActions(hostId ?? NO_HOST)
  if (hostId === null) return nothing('no-host', t('frame:menu.noHost'))
  return [reconnect, edit, { type: 'separator', id: 'before-remove' }, remove]
}

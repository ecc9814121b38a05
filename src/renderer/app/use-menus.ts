import { useTranslation } from 'react-i18next'
import type { MenuEntry } from '../components/menu.tsx'
import { useLocalSocket } from '../features/hosts/index.ts'
import { openPalette } from '../features/search/index.ts'
import { allKinds, type EntityKind, useCreations, useNamedMenu, useSelectedIds } from '../kinds/index.ts'
import {
  ENTITY_TOPICS,
  goTo,
  openDialog,
  setDock,
  setPreferences,
  signOut,
  useEntity,
  usePreferences,
  useWorkspace,
} from '../stores/index.ts'

export interface BarMenu {
  readonly id: string
  readonly title: string
  readonly entries: readonly MenuEntry[]
}

/** The menus of the bar. Those of the kinds act on what is selected. */
export function useMenus(): readonly BarMenu[] {
  const { t } = useTranslation()
  return [
    { id: 'file', title: t('frame:menu.file'), entries: useFileMenu() },
    { id: 'view', title: t('frame:menu.view'), entries: useViewMenu() },
    // The kinds were put together before the page: each time the same ones in the same order.
    ...allKinds()
      .filter(({ hasNoMenu }) => hasNoMenu !== true)
      .toReversed()
      .map(useKindMenu),
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
  const creations = useCreations()
  const addHost = creations.find(({ id }) => id === 'host.add')
  const entries: MenuEntry[] = [
    ...creations.map(({ kind: _kind, ...entry }): MenuEntry => ({ type: 'action', ...entry })),
    {
      type: 'action',
      id: 'host.add-local',
      label: t('hosts:welcome.local'),
      disabledReason: socket === null ? t('hosts:welcome.localNone') : (addHost?.disabledReason ?? null),
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
      id: 'all.overview',
      label: t('frame:inventory'),
      run: () => goTo({ kind: 'all', tab: 'overview' }),
    },
    ...allKinds().map(
      ({ name, words }): MenuEntry => ({
        type: 'action',
        id: `all.${ENTITY_TOPICS[name]}`,
        label: words.all(t),
        run: () => goTo({ kind: 'all', tab: ENTITY_TOPICS[name] }),
      }),
    ),
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

/** The menu of a kind: what can be done to what is selected of it, or to what the page shows. */
function useKindMenu(kind: EntityKind): BarMenu {
  const { t } = useTranslation()
  const ids = useSelectedIds(kind.name)
  const menu = useNamedMenu(kind.name, ids)
  const bar = { id: kind.name, title: kind.words.one(t) }
  if (ids.length > 0) return { ...bar, entries: menu }
  // One line that says why the menu has nothing to act on.
  const label = kind.words.selectFirst(t)
  return {
    ...bar,
    entries: [{ type: 'action', id: `${kind.name}.none`, label, disabledReason: '', run: () => undefined }],
  }
}

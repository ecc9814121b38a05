import type { MenuItemConstructorOptions } from 'electron'
import type { NativeMenu, NativeMenuEntry } from '../../../shared/contract/index.ts'
import type { ShellTexts } from './texts.ts'

/** What a native menu is made of. */
export interface MenuRequest {
  /** The page's own menus, with the commands as the engine's verdicts have them; empty until the page has come up. */
  readonly menus: readonly NativeMenu[]
  readonly texts: ShellTexts
  readonly platform: NodeJS.Platform
  readonly developer: boolean
  readonly onChosen: (id: string) => void
}

/** The template of the application's menu: the page's menus in their order, and what the system expects beside them. Pure. */
export function buildMenuTemplate(request: MenuRequest): MenuItemConstructorOptions[] {
  const { menus, texts, platform, developer, onChosen } = request
  const toItem = (entry: NativeMenuEntry): MenuItemConstructorOptions => {
    if (entry.type === 'separator') return { type: 'separator' }
    if (entry.type === 'submenu') return { label: entry.label, submenu: entry.entries.map(toItem) }
    return {
      id: entry.id,
      label: escapeLabel(entry.label),
      enabled: entry.enabled,
      ...(entry.checked === undefined ? {} : { type: 'checkbox', checked: entry.checked }),
      // The page hears the keys itself; registered here too they would act twice.
      ...(entry.shortcut === undefined ? {} : { accelerator: entry.shortcut, registerAccelerator: false }),
      click: () => onChosen(entry.id),
    }
  }
  const quit: MenuItemConstructorOptions = { role: 'quit', label: texts.quit }
  const [first, ...others] = menus.map(({ id, label, entries }) => ({ id, label, submenu: entries.map(toItem) }))
  const file = { id: 'file', label: first?.label ?? texts.file, submenu: first?.submenu ?? [] }
  const fileEnd: MenuItemConstructorOptions[] =
    platform === 'darwin' ? [{ role: 'close' }] : [{ type: 'separator' }, quit]
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    { ...file, submenu: [...file.submenu, ...fileEnd] },
    { id: 'edit', label: texts.edit, role: 'editMenu' },
    ...others,
    {
      id: 'window',
      label: texts.window,
      submenu: [
        { role: 'minimize', label: texts.minimize },
        { role: 'resetZoom', label: texts.resetZoom },
        { role: 'zoomIn', label: texts.zoomIn },
        { role: 'zoomOut', label: texts.zoomOut },
        { role: 'togglefullscreen', label: texts.fullScreen },
        ...(developer ? [{ role: 'toggleDevTools' } satisfies MenuItemConstructorOptions] : []),
      ],
    },
  ]
}

/** An ampersand in a native label marks an access key. */
function escapeLabel(label: string): string {
  return label.replaceAll('&', '&&')
}

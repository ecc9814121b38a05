import { describe, expect, it } from 'vitest'
import { buildMenuTemplate } from '../../../../../src/main/shell/electron/menu.ts'
import { shellTexts } from '../../../../../src/main/shell/electron/texts.ts'
import type { NativeMenu } from '../../../../../src/shared/contract/index.ts'

const menus: readonly NativeMenu[] = [
  {
    id: 'file',
    label: 'File',
    entries: [{ type: 'action', id: 'host.add', label: 'Add host…', enabled: true }],
  },
  {
    id: 'machine',
    label: 'Machine',
    entries: [
      { type: 'action', id: 'vm.start', label: 'Start R&D', enabled: false },
      { type: 'separator' },
      {
        type: 'submenu',
        label: 'More',
        entries: [{ type: 'action', id: 'dock', label: 'Dock', enabled: true, checked: true, shortcut: 'Ctrl+J' }],
      },
    ],
  },
]

function build(change: Partial<Parameters<typeof buildMenuTemplate>[0]> = {}) {
  const chosen: string[] = []
  const template = buildMenuTemplate({
    menus,
    texts: shellTexts('en-US'),
    platform: 'linux',
    developer: false,
    onChosen: (id) => chosen.push(id),
    ...change,
  })
  return { template, chosen }
}

const submenuOf = (item: { submenu?: unknown } | undefined) =>
  (Array.isArray(item?.submenu) ? item.submenu : []) as Electron.MenuItemConstructorOptions[]

describe('the native menu', () => {
  it('has the page’s menus in their order, the first with the way out, and the system’s own beside them', () => {
    const { template } = build()
    expect(template.map(({ label }) => label)).toEqual(['File', 'Edit', 'Machine', 'Window'])
    expect(submenuOf(template[0]).map(({ label, role }) => label ?? role)).toEqual(['Add host…', undefined, 'Quit'])
  })

  it('shows what can be chosen, what is marked, and which keys the page hears itself', () => {
    const [, , machine] = build().template
    const [start, , more] = submenuOf(machine)
    expect(start).toMatchObject({ id: 'vm.start', label: 'Start R&&D', enabled: false })
    expect(submenuOf(more)[0]).toMatchObject({
      type: 'checkbox',
      checked: true,
      accelerator: 'Ctrl+J',
      registerAccelerator: false,
    })
  })

  it('tells the page what was chosen', () => {
    const { template, chosen } = build()
    submenuOf(template[0])[0]?.click?.({} as never, undefined, {} as never)
    expect(chosen).toEqual(['host.add'])
  })

  it('can be left before the page has come up', () => {
    const { template } = build({ menus: [] })
    expect(template.map(({ label }) => label)).toEqual(['File', 'Edit', 'Window'])
    expect(submenuOf(template[0]).some(({ role }) => role === 'quit')).toBe(true)
  })

  it('has the application’s menu where the system wants it', () => {
    expect(build({ platform: 'darwin' }).template[0]).toEqual({ role: 'appMenu' })
  })

  it.each([true, false])('has developer tools: %s', (developer) => {
    const items = submenuOf(build({ developer }).template.at(-1))
    expect(items.some(({ role }) => role === 'toggleDevTools')).toBe(developer)
  })
})

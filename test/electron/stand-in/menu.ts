import type { MenuItemConstructorOptions } from 'electron'

export interface MenuItem extends MenuItemConstructorOptions {
  readonly items: readonly MenuItem[]
}

function build(template: readonly MenuItemConstructorOptions[]): MenuItem[] {
  return template.map((item) => ({ ...item, items: Array.isArray(item.submenu) ? build(item.submenu) : [] }))
}

/** Electron's Menu, as data. */
export class Menu {
  static current: Menu | null = null
  readonly items: readonly MenuItem[]

  constructor(items: readonly MenuItem[]) {
    this.items = items
  }

  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): Menu {
    return new Menu(build(template))
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.current = menu
  }

  getMenuItemById(id: string): MenuItem | null {
    const find = (items: readonly MenuItem[]): MenuItem | null => {
      for (const item of items) {
        const found = item.id === id ? item : find(item.items)
        if (found !== null) return found
      }
      return null
    }
    return find(this.items)
  }
}

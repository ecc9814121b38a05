import { useEffect, useRef } from 'react'
import type { NativeMenuEntry } from '../../shared/contract/index.ts'
import type { MenuEntry } from '../components/menu.tsx'
import { onMenuChosen, publishMenus } from '../stores/index.ts'
import type { BarMenu } from './use-menus.ts'

/** Gives the bar's menus to the shell, which makes native ones of them (in Electron; elsewhere nobody listens). */
export function useNativeMenus(menus: readonly BarMenu[]): void {
  const native = menus.map(({ id, title, entries }) => ({ id, label: title, entries: entries.map(toNative) }))
  const signature = JSON.stringify(native)
  const latest = useRef(menus)
  latest.current = menus

  useEffect(() => publishMenus(JSON.parse(signature) as typeof native), [signature])

  useEffect(
    () =>
      onMenuChosen((id) => {
        const entry = findEntry(
          latest.current.flatMap(({ entries }) => entries),
          id,
        )
        // It may have become impossible since the menu was opened.
        if (entry !== null && (entry.disabledReason ?? null) === null) entry.run()
      }),
    [],
  )
}

function toNative(entry: MenuEntry): NativeMenuEntry {
  if (entry.type === 'separator') return { type: 'separator' }
  if (entry.type === 'heading') return { type: 'action', id: entry.id, label: entry.label, enabled: false }
  if (entry.type === 'submenu') {
    return { type: 'submenu', label: entry.label, entries: entry.entries.map(toNative) }
  }
  return {
    type: 'action',
    id: entry.id,
    label: entry.label,
    enabled: (entry.disabledReason ?? null) === null,
    ...(entry.checked === undefined ? {} : { checked: entry.checked }),
    ...(entry.shortcut === undefined ? {} : { shortcut: entry.shortcut }),
  }
}

function findEntry(entries: readonly MenuEntry[], id: string): Extract<MenuEntry, { type: 'action' }> | null {
  for (const entry of entries) {
    if (entry.type === 'action' && entry.id === id) return entry
    if (entry.type === 'submenu') {
      const found = findEntry(entry.entries, id)
      if (found !== null) return found
    }
  }
  return null
}

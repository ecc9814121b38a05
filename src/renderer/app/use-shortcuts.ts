import { useEffect } from 'react'
import { openPalette } from '../features/search/index.ts'
import { openDialog, setDock, workspace } from '../stores/index.ts'

/** The parts of the window that F6 goes through. */
const REGIONS = ['.vd-titlebar', '.vd-side__tree', '.vd-content', '.vd-dock']
const FOCUSABLE = 'button:not([disabled]), [tabindex="0"], input, a[href]'

function focusNextRegion(backwards: boolean): void {
  const current = REGIONS.findIndex(
    (region) => document.activeElement?.closest(region) !== null && document.activeElement !== document.body,
  )
  // From nowhere the first region is next, and the last one when going backwards.
  const start = current < 0 && backwards ? 0 : current
  for (let step = 1; step <= REGIONS.length; step += 1) {
    const index = (start + (backwards ? -step : step) + REGIONS.length * 2) % REGIONS.length
    const region = document.querySelector(REGIONS[index] ?? 'none')
    const target =
      region?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]') ??
      region?.querySelector<HTMLElement>(FOCUSABLE)
    if (target !== null && target !== undefined) {
      target.focus()
      return
    }
  }
}

/** Keys that work wherever the focus is. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { dialogs, paletteOpen, dockOpen, place } = workspace.getState()
      const control = event.ctrlKey || event.metaKey
      if (dialogs.length > 0) return
      if (control && event.key.toLowerCase() === 'k') openPalette()
      else if (paletteOpen) return
      else if (control && event.key.toLowerCase() === 'j') setDock({ dockOpen: !dockOpen })
      else if (event.key === 'F6') focusNextRegion(event.shiftKey)
      else if (event.key === 'F2' && place.kind === 'host') openDialog({ kind: 'edit-host', hostId: place.id })
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

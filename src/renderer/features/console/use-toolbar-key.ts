import { type RefObject, useEffect } from 'react'

/** Shown to people; as in remote desktops, for all other keys belong to the guest. */
export const TOOLBAR_KEYS = 'Ctrl+Alt+Home'

/** Ctrl+Alt+Home brings the keyboard from the guest to the toolbar. */
export function useToolbarKey(toolbar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.code !== 'Home' || !event.ctrlKey || !event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      // noVNC releases all held keys in the guest when the window loses the focus: Ctrl and Alt would stay down.
      window.dispatchEvent(new Event('blur'))
      toolbar.current?.querySelector<HTMLElement>('button')?.focus()
    }
    window.addEventListener('keydown', pressed, { capture: true })
    return () => window.removeEventListener('keydown', pressed, { capture: true })
  }, [toolbar])
}

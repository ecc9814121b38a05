import { useEffect, useState } from 'react'

/** Chromium's Keyboard Lock: in full screen it gives Alt+Tab, Super and Esc (short) to the page. Others lack it. */
interface KeyboardLock {
  lock(): Promise<void>
  unlock(): void
}

function keyboardLock(): KeyboardLock | null {
  return 'keyboard' in navigator ? (navigator.keyboard as KeyboardLock) : null
}

/** Full screen, with the keyboard's system keys where the browser gives them. */
export function useFullScreen(): {
  readonly active: boolean
  readonly toggle: () => void
} {
  const [active, setActive] = useState(false)
  useEffect(() => {
    const changed = () => {
      const full = document.fullscreenElement !== null
      setActive(full)
      // Refused (an embedded page, say), the keys just stay with the system.
      if (full)
        keyboardLock()
          ?.lock()
          .catch(() => undefined)
      else keyboardLock()?.unlock()
    }
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])
  const toggle = () => {
    // The whole page, not a part of it: menus and dialogs stand beside the console in the document.
    const change =
      document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen()
    // Refused by the browser: `fullscreenchange` does not come, and the button stays as it is.
    change.catch(() => undefined)
  }
  return { active, toggle }
}

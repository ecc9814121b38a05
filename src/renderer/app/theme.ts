import { preferences } from '../stores/index.ts'

const DARK_CLASS = 'pf-v6-theme-dark'

/** True when the page is to be dark now. */
function isDark(): boolean {
  const { theme } = preferences.getState()
  return theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
}

/** Keeps the page's theme as preferred, following the system where that is the preference. Returns how to stop. */
export function followTheme(): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => document.documentElement.classList.toggle(DARK_CLASS, isDark())
  apply()
  system.addEventListener('change', apply)
  const stopPreferences = preferences.subscribe(apply)
  return () => {
    system.removeEventListener('change', apply)
    stopPreferences()
  }
}

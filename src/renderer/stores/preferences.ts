import { createStore, useStore } from 'zustand'

export type ThemePreference = 'system' | 'light' | 'dark'
export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** What one person prefers in this browser. The inventory's settings are the engine's, not these. */
export interface Preferences {
  readonly theme: ThemePreference
  readonly language: Language
  /** Ask before shut down, reboot and pause of a single machine. Of several it is always asked. */
  readonly confirmActions: boolean
}

const STORAGE_KEY = 'virtdeck.preferences'

/** Reads stored preferences; whatever does not fit becomes the default. Pure. */
export function parsePreferences(stored: string | null, browserLanguage: string): Preferences {
  const fallback: Preferences = {
    theme: 'system',
    language: browserLanguage.startsWith('ko') ? 'ko' : 'en',
    confirmActions: true,
  }
  if (stored === null) return fallback
  let value: unknown
  try {
    value = JSON.parse(stored)
  } catch {
    return fallback
  }
  if (typeof value !== 'object' || value === null) return fallback
  const { theme, language, confirmActions } = value as { theme?: unknown; language?: unknown; confirmActions?: unknown }
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : fallback.theme,
    language: LANGUAGES.find((known) => known === language) ?? fallback.language,
    confirmActions: confirmActions !== false,
  }
}

function readPreferences(): Preferences {
  return parsePreferences(localStorage.getItem(STORAGE_KEY), navigator.language)
}

/** The preferences of this browser, shared by all its windows. */
export const preferences = createStore<Preferences>(() =>
  typeof localStorage === 'undefined' ? { theme: 'system', language: 'en', confirmActions: true } : readPreferences(),
)

/** Changes and keeps preferences. */
export function setPreferences(change: Partial<Preferences>): void {
  preferences.setState(change)
  localStorage.setItem(STORAGE_KEY, JSON.stringify(preferences.getState()))
}

/** Follows changes made in other windows. Returns how to stop. */
export function followPreferences(): () => void {
  const changed = (event: StorageEvent) => {
    if (event.key === STORAGE_KEY) preferences.setState(readPreferences())
  }
  window.addEventListener('storage', changed)
  return () => window.removeEventListener('storage', changed)
}

/** The preferences; repaints when they change. */
export function usePreferences(): Preferences {
  return useStore(preferences)
}

import type { KeyStoreChoice } from './engine-messages.ts'

/** Whether the system's key store is used, or why it is not. Pure. */
export function decideKeyStore(platform: NodeJS.Platform, available: boolean, backend: string): KeyStoreChoice {
  if (!available) return 'unavailable'
  // On Linux without a keyring, Electron "encrypts" with a password that stands in its sources.
  if (platform === 'linux' && (backend === 'basic_text' || backend === 'unknown')) return 'basic-text'
  return 'system'
}

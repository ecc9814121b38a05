import type { SafeStorage } from 'electron'
import { AppError } from '../../../shared/errors/index.ts'
import type { SecretCipher } from '../../inventory/index.ts'

/** First byte of what is stored; the key file's scheme has 1, so that either kind can be read whichever is in use. */
const VERSION = 2

type SafeStorageUse = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'>

/** Why the system's key store is not used, or null when it is. Pure. */
export function decideKeyStore(
  platform: NodeJS.Platform,
  available: boolean,
  backend: string,
): 'unavailable' | 'basic-text' | null {
  if (!available) return 'unavailable'
  // On Linux without a keyring, Electron "encrypts" with a password that stands in its sources.
  if (platform === 'linux' && (backend === 'basic_text' || backend === 'unknown')) return 'basic-text'
  return null
}

/**
 * Keeps secrets with the system's key store (Keychain, DPAPI, libsecret, KWallet) by Electron's safeStorage. Each is bound
 * to its name. What was stored by `keyFile` earlier stays readable.
 */
export function createSafeStorageCipher(storage: SafeStorageUse, keyFile: SecretCipher): SecretCipher {
  return {
    encrypt: async (key, secret) => {
      try {
        const sealed = storage.encryptString(JSON.stringify([key, secret]))
        return Buffer.concat([Buffer.of(VERSION), sealed])
      } catch (error) {
        throw new AppError('secrets.unavailable', { reason: 'the system’s key store refused' }, { cause: error })
      }
    },
    decrypt: async (key, ciphertext) => {
      if (ciphertext[0] !== VERSION) return keyFile.decrypt(key, ciphertext)
      try {
        const opened: unknown = JSON.parse(storage.decryptString(Buffer.from(ciphertext.subarray(1))))
        if (!Array.isArray(opened) || opened[0] !== key || typeof opened[1] !== 'string') {
          throw new Error('stored under another name')
        }
        return opened[1]
      } catch (error) {
        throw new AppError('secrets.unreadable', { path: 'the system’s key store' }, { cause: error })
      }
    },
  }
}

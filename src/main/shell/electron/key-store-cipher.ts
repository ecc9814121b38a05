import { AppError } from '../../../shared/errors/index.ts'
import type { SecretCipher } from '../../inventory/index.ts'
import type { KeyStore } from './key-store-port.ts'

/** First byte of what is stored; the key file's scheme has 1, so that either kind can be read whichever is in use. */
const VERSION = 2

/**
 * Keeps secrets with the system's key store (Keychain, DPAPI, libsecret, KWallet) by Electron's safeStorage. Each is bound to
 * its name. What was stored by `keyFile` earlier stays readable.
 */
export function createKeyStoreCipher(keyStore: KeyStore, keyFile: SecretCipher): SecretCipher {
  return {
    encrypt: async (key, secret) => {
      try {
        const sealed = await keyStore.seal(JSON.stringify([key, secret]))
        return Buffer.concat([Buffer.of(VERSION), sealed])
      } catch (error) {
        throw new AppError('secrets.unavailable', { reason: 'the system’s key store refused' }, { cause: error })
      }
    },
    decrypt: async (key, ciphertext) => {
      if (ciphertext[0] !== VERSION) return keyFile.decrypt(key, ciphertext)
      try {
        const [name, secret] = parseOpened(await keyStore.open(ciphertext.subarray(1)))
        if (name !== key || typeof secret !== 'string') throw new Error('stored under another name')
        return secret
      } catch (error) {
        throw new AppError('secrets.unreadable', { path: 'the system’s key store' }, { cause: error })
      }
    },
  }
}

/** JSON's own error would quote what it cannot read. */
function parseOpened(text: string): readonly unknown[] {
  try {
    const opened: unknown = JSON.parse(text)
    return Array.isArray(opened) ? opened : []
  } catch {
    return []
  }
}

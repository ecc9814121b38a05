import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Encrypts secrets. The Electron shell gives one over safeStorage; the server shell one over a key file. */
export interface SecretCipher {
  /** `key` names the secret; ciphertext of one name must not be readable under another. Rejects with `secrets.unavailable`. */
  encrypt(key: string, secret: string): Promise<Uint8Array>
  /** Rejects with `secrets.unreadable`. */
  decrypt(key: string, ciphertext: Uint8Array): Promise<string>
}

/** Passwords and passphrases by name, e.g. `host/<id>/password`. They never leave the engine. */
export interface SecretStore {
  /** Undefined when there is none. Rejects with `secrets.unreadable` when it cannot be decrypted. */
  get(key: string): Promise<string | undefined>
  set(key: string, secret: string): Promise<void>
  delete(key: string): Promise<void>
  /** Deletes all whose name starts with `prefix` ("host/<id>/"). */
  deleteAll(prefix: string): Promise<void>
}

export function createSecretStore(database: Kysely<Tables>, cipher: SecretCipher): SecretStore {
  return {
    get: async (key) => {
      const row = await database.selectFrom('secrets').select('ciphertext').where('key', '=', key).executeTakeFirst()
      return row === undefined ? undefined : cipher.decrypt(key, row.ciphertext)
    },
    set: async (key, secret) => {
      const changes = { ciphertext: await cipher.encrypt(key, secret) }
      await database
        .insertInto('secrets')
        .values({ key, ...changes })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(changes))
        .execute()
    },
    delete: async (key) => {
      await database.deleteFrom('secrets').where('key', '=', key).execute()
    },
    deleteAll: async (prefix) => {
      // A range, not LIKE: `_` and `%` in a name must not match other names.
      await database.deleteFrom('secrets').where('key', '>=', prefix).where('key', '<', `${prefix}\u{10FFFF}`).execute()
    },
  }
}

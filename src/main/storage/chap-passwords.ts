import type { StorageDomainId } from '../../shared/domain/index.ts'
import type { Inventory } from '../inventory/index.ts'

/** The CHAP passwords of domains on iSCSI, in the store of secrets. Errors: secrets.unreadable, secrets.unavailable. */
export interface ChapPasswords {
  fetch(storageDomainId: StorageDomainId): Promise<string | undefined>
  /** Undefined: there is none. */
  save(storageDomainId: StorageDomainId, password: string | undefined): Promise<void>
  forget(storageDomainId: StorageDomainId): Promise<void>
}

export function createChapPasswords(secrets: Inventory['secrets']): ChapPasswords {
  const folderOf = (id: StorageDomainId) => `storage-domain/${id}/`
  const keyOf = (id: StorageDomainId) => `${folderOf(id)}chap-password`
  return {
    fetch: (id) => secrets.get(keyOf(id)),
    save: async (id, password) => {
      if (password !== undefined) await secrets.set(keyOf(id), password)
    },
    forget: (id) => secrets.deleteAll(folderOf(id)),
  }
}

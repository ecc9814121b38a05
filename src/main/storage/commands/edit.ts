import { isBlockStorage } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { decideDomainNameFree, decideMountOptionsEdit, domainSubject, findDomain } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'

/** Changes what a domain is called and when it is warned of; its mount options while it is mounted nowhere. */
export function createStorageEdit({
  store,
  owners,
  writer,
  writerOf,
  log,
}: StorageCommandDependencies): InstantHandler<'storage.edit'> {
  return {
    name: 'storage.edit',
    subject: domainSubject,
    validate: (model, { storageDomainId, name, mountOptions }) => {
      const domain = findDomain(model, storageDomainId)
      if (domain instanceof AppError) return domain
      return (
        decideDomainNameFree(model, name, storageDomainId) ??
        (mountOptions === undefined ? null : decideMountOptionsEdit(domain, mountOptions))
      )
    },
    locks: (_model, { storageDomainId }) => [exclusive('storage-domains'), exclusive(`storage:${storageDomainId}`)],
    auditParams: ({ storageDomainId: _storageDomainId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    execute: async ({ input, identity, signal }) => {
      const { storageDomainId, revision, mountOptions, ...given } = input
      const { storage } = store.get(storageDomainId)
      const hasOptions = storage.kind !== 'local' && !isBlockStorage(storage) && mountOptions !== undefined
      const changes = hasOptions ? { ...given, storage: { ...storage, mountOptions } } : given
      await store.edit(storageDomainId, changes, { user: identity.user, base: revision })
      await tellDomain()
      return { storageDomainId }

      /** The inventory has it; what could not be written into the domain is written when it is taken into use next. */
      async function tellDomain(): Promise<void> {
        const link = writerOf(store.get(storageDomainId))
        if (link === null || owners.of(storageDomainId).status !== 'ours') return
        try {
          await writer.write(storageDomainId, link, { signal })
        } catch (error) {
          if (!isAppError(error)) throw error
          log.warn({ err: error, storageDomainId }, 'a storage domain could not be told of an edit')
        }
      }
    },
  }
}

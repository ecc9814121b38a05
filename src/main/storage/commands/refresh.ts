import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { mapLimit } from '../../hosts/index.ts'
import { domainSubject, findDomain, storageHostsOf } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'

const HOSTS_AT_ONCE = 8
const TIMEOUT_MS = 3 * 60_000

/** Lets every host that is up look at a domain again, now. */
export function createStorageRefresh({
  store,
  registry,
  connections,
}: StorageCommandDependencies): InstantHandler<'storage.refresh'> {
  return {
    name: 'storage.refresh',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => {
      const domain = findDomain(model, storageDomainId)
      if (domain instanceof AppError) return domain
      const { name, status } = domain
      if (['active', 'inactive', 'unknown'].includes(status)) return null
      return new AppError('storage.wrong-status', { name, status, action: 'storage.refresh' }, { subject: name })
    },
    timeoutMs: TIMEOUT_MS,
    execute: async ({ input: { storageDomainId }, model, signal }) => {
      const record = store.get(storageDomainId)
      const hosts = record.datacenterId === null ? [] : storageHostsOf(model(), record.datacenterId)
      await mapLimit(hosts, HOSTS_AT_ONCE, async ({ id }) => {
        try {
          await connections.look(record, registry.get(id), { signal })
        } catch (error) {
          // Why it does not reach it is shown with the domain.
          if (!isAppError(error) || signal.aborted) throw error
        }
      })
      return { storageDomainId }
    },
  }
}

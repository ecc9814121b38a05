import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { mapLimit } from '../../hosts/index.ts'
import type { StorageExamination } from '../on-host/types.ts'
import { decideMountOptions, storageHostsOf } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'

const HOSTS_AT_ONCE = 8
const TIMEOUT_MS = 3 * 60_000

/** Looks at a place through every host that is up, and writes nothing. */
export function createStorageCheck({
  registry,
  onHost,
}: Pick<StorageCommandDependencies, 'registry' | 'onHost'>): InstantHandler<'storage.check'> {
  return {
    name: 'storage.check',
    subject: (model, { datacenterId }) => {
      const name = model.datacenters.get(datacenterId)?.name ?? datacenterId
      return { kind: 'datacenter', id: datacenterId, name }
    },
    validate: (model, { datacenterId, storage }) => {
      const datacenter = model.datacenters.get(datacenterId)
      if (datacenter === undefined) return new AppError('datacenter.not-found', { datacenterId })
      const datacenterName = datacenter.name
      return storageHostsOf(model, datacenterId).length > 0
        ? decideMountOptions(storage)
        : new AppError('storage.no-up-host', { datacenterName })
    },
    timeoutMs: TIMEOUT_MS,
    execute: async ({ input: { datacenterId, type, storage, purpose, chapPassword }, model, signal }) => {
      const hosts = await mapLimit(storageHostsOf(model(), datacenterId), HOSTS_AT_ONCE, async ({ id, name }) => {
        const { errors, warnings, mounted, descriptor, capacityBytes, availableBytes } = await examine(id)
        return {
          hostId: id,
          hostName: name,
          errors: errors.map((error) => toWireError(error)),
          warnings: warnings.map((error) => toWireError(error)),
          mounted,
          capacityBytes,
          availableBytes,
          holds:
            descriptor === null
              ? null
              : { storageDomainId: descriptor.id, name: descriptor.name, type: descriptor.type },
        }
      })
      return { hosts }

      async function examine(hostId: (typeof hosts)[number]['hostId']): Promise<StorageExamination> {
        try {
          return await onHost.examine(
            registry.get(hostId),
            { type, storage, purpose, pool: null, chapPassword },
            { signal },
          )
        } catch (error) {
          if (!isAppError(error) || signal.aborted) throw error
          return NOTHING_FOUND([error])
        }
      }
    },
  }
}

const NOTHING_FOUND = (errors: readonly AppError[]): StorageExamination => ({
  errors,
  warnings: [],
  descriptor: null,
  mounted: null,
  capacityBytes: null,
  availableBytes: null,
})

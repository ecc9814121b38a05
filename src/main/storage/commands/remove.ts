import { type Host, isBlockStorage } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type ModelSnapshot, type OperationHandler, type StepContext } from '../../engine/index.ts'
import { poolOf } from '../domain-pool.ts'
import { decideRemove, domainSubject, isStorageHost } from '../rules.ts'
import { connectedLink, type StorageCommandDependencies } from './dependencies.ts'
import {
  connectDrafts,
  connectStep,
  disconnectDrafts,
  disconnectStep,
  domainLocks,
  forgetStep,
  hostOf,
} from './domain-steps.ts'

type Context = StepContext<'storage.remove'>

const FORMAT_TIMEOUT_MS = 11 * 60_000

/** Forgets a domain that is attached nowhere; with `format` everything in it is deleted before, through one host. */
export function createStorageRemove(dependencies: StorageCommandDependencies): OperationHandler<'storage.remove'> {
  const { registry, store, owners, connections, onHost, engine } = dependencies
  const domainOf = ({ input }: Context) => input.storageDomainId
  return {
    name: 'storage.remove',
    subject: domainSubject,
    validate: (model, { storageDomainId, format, hostId }) =>
      decideRemove(model, storageDomainId, format) ?? (format ? decideFormatter(model, hostId) : null),
    auditParams: ({ format }) => ({ format }),
    plan: (model, { storageDomainId, format, hostId }) => {
      const subject = domainSubject(model, { storageDomainId })
      const { name } = subject
      const host = format ? findFormatter(model, hostId) : undefined
      const hosts = host === undefined ? [] : [host]
      return {
        locks: [exclusive('storage-domains'), ...domainLocks(null, storageDomainId, hosts)],
        touches: [subject],
        steps: [
          ...connectDrafts(hosts),
          ...hosts.map(({ id }) => ({
            action: 'format',
            hostId: id,
            text: { key: 'storage-formatting', params: { name } },
            weight: 5,
          })),
          ...disconnectDrafts(hosts),
          { action: 'forget', text: { key: 'storage-forgetting', params: { name } } },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      connect: connectStep(dependencies, domainOf, { isNew: false }),
      format: {
        timeoutMs: FORMAT_TIMEOUT_MS,
        run: async (context) => {
          const record = store.get(domainOf(context))
          const { signal } = context
          const link = await connectedLink(registry, hostOf(context), signal)
          const trouble = connections.troubleOf(record.id, link.id)
          if (trouble !== null) throw trouble.error
          await owners.take(record, link, { signal })
          try {
            const found = await onHost.fetchDescriptor(link, poolOf(record), { signal })
            const isOthers = found?.datacenter != null && found.engine != null && found.engine.id !== engine.id
            if (isOthers) {
              throw new AppError('storage.owned-elsewhere', {
                name: record.name,
                engineName: found.engine?.name ?? '?',
              })
            }
            // Its volume group cannot go while the lock is held in it: what removes it sees to it that no other host has it mounted.
            if (isBlockStorage(record.storage)) await owners.release(record.id)
            // Another engine that takes the domain meanwhile would find it half deleted.
            await onHost.format(link, poolOf(record), { signal })
          } finally {
            await owners.release(record.id)
          }
          return null
        },
        // What was deleted in part is deleted to its end.
        inspect: async () => 'absent',
      },
      disconnect: disconnectStep(dependencies, domainOf),
      forget: forgetStep(dependencies, domainOf),
    },
    output: () => ({}),
  }
}

function findFormatter(model: ModelSnapshot, hostId: Host['id'] | undefined): Host | undefined {
  if (hostId !== undefined) return model.hosts.get(hostId)
  return [...model.hosts.values()].find(isStorageHost)
}

function decideFormatter(model: ModelSnapshot, hostId: Host['id'] | undefined): AppError | null {
  const host = findFormatter(model, hostId)
  if (host === undefined) {
    return hostId === undefined
      ? new AppError('storage.no-up-host', { datacenterName: '' })
      : new AppError('host.not-found', { hostId })
  }
  if (isStorageHost(host)) return null
  return new AppError('host.not-connected', { name: host.name, status: host.status }, { subject: host.name })
}

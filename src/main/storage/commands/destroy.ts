import { exclusive, type OperationHandler, type StepContext } from '../../engine/index.ts'
import { decideDestroy, domainSubject, storageHostsOf } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'
import { disconnectDrafts, disconnectStep, domainLocks, forgetStep } from './domain-steps.ts'

/** Forgets a domain that cannot be detached any more, as nothing reaches it. Nothing in it is deleted. */
export function createStorageDestroy(dependencies: StorageCommandDependencies): OperationHandler<'storage.destroy'> {
  const { store, owners } = dependencies
  const domainOf = ({ input }: StepContext<'storage.destroy'>) => input.storageDomainId
  return {
    name: 'storage.destroy',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => decideDestroy(model, storageDomainId),
    plan: (model, { storageDomainId }) => {
      const subject = domainSubject(model, { storageDomainId })
      const { name } = subject
      const datacenterId = model.storageDomains.get(storageDomainId)?.datacenterId ?? null
      const hosts = datacenterId === null ? [] : storageHostsOf(model, datacenterId)
      return {
        locks: [exclusive('storage-domains'), ...domainLocks(datacenterId, storageDomainId, hosts)],
        touches: [subject],
        steps: [
          { action: 'release', text: { key: 'storage-leaving', params: { name } } },
          ...disconnectDrafts(hosts),
          { action: 'forget', text: { key: 'storage-forgetting', params: { name } } },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      release: {
        run: async (context) => {
          await store.change(new Map([[domainOf(context), { wishedActive: false }]]))
          await owners.release(domainOf(context))
          return null
        },
        inspect: async (context) => (store.records.get(domainOf(context))?.wishedActive === true ? 'absent' : 'done'),
      },
      disconnect: disconnectStep(dependencies, domainOf),
      forget: forgetStep(dependencies, domainOf),
    },
    output: () => ({}),
  }
}

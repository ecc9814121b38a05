import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { decideAttach, domainSubject, isFirstData, storageHostsOf } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'
import { activateStep, connectDrafts, connectStep, domainLocks, ownStep, proveStep } from './domain-steps.ts'

/** Attaches a known domain that belongs to no datacenter, and activates it. */
export function createStorageAttach(dependencies: StorageCommandDependencies): OperationHandler<'storage.attach'> {
  const { store, connections, owners } = dependencies
  const domainOf = ({ input }: StepContext<'storage.attach'>) => input.storageDomainId
  return {
    name: 'storage.attach',
    subject: domainSubject,
    validate: (model, { storageDomainId, datacenterId }) => decideAttach(model, storageDomainId, datacenterId),
    auditParams: ({ datacenterId }) => ({ datacenterId }),
    plan: (model, { storageDomainId, datacenterId }) => {
      const subject = domainSubject(model, { storageDomainId })
      const { name } = subject
      const hosts = storageHostsOf(model, datacenterId)
      return {
        locks: domainLocks(datacenterId, storageDomainId, hosts),
        touches: [subject],
        steps: [
          { action: 'store', text: { key: 'storage-storing', params: { name } } },
          ...connectDrafts(hosts),
          { action: 'own', text: { key: 'storage-owning', params: { name } } },
          { action: 'prove', text: { key: 'storage-proving', params: { name } }, weight: 3 },
          { action: 'use', text: { key: 'storage-using', params: { name } } },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      store: {
        run: async ({ input: { storageDomainId, datacenterId }, model }) => {
          const isMaster = isFirstData(model(), datacenterId, store.get(storageDomainId).type)
          await store.change(new Map([[storageDomainId, { datacenterId, isMaster, wishedActive: false }]]))
          return null
        },
        undo: async (context) => {
          const id = domainOf(context)
          await store.change(new Map([[id, { datacenterId: null, isMaster: false, wishedActive: false }]]))
          connections.forget(id)
          owners.forget(id)
        },
        inspect: async (context) => (store.records.get(domainOf(context))?.datacenterId === null ? 'absent' : 'done'),
      },
      connect: connectStep(dependencies, domainOf, { isNew: false }),
      own: ownStep(dependencies, domainOf, () => false),
      prove: proveStep(dependencies, domainOf),
      use: activateStep(dependencies, domainOf),
    },
    output: ({ input: { storageDomainId } }) => ({ storageDomainId }),
  }
}

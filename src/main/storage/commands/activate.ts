import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { decideActivate, domainSubject, storageHostsOf } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'
import { activateStep, connectDrafts, connectStep, domainLocks, ownStep, proveStep } from './domain-steps.ts'

/** Connects a domain on every host that is up, and takes it into use. */
export function createStorageActivate(dependencies: StorageCommandDependencies): OperationHandler<'storage.activate'> {
  const domainOf = ({ input }: StepContext<'storage.activate'>) => input.storageDomainId
  return {
    name: 'storage.activate',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => decideActivate(model, storageDomainId),
    plan: (model, { storageDomainId }) => {
      const subject = domainSubject(model, { storageDomainId })
      const datacenterId = model.storageDomains.get(storageDomainId)?.datacenterId ?? null
      const hosts = datacenterId === null ? [] : storageHostsOf(model, datacenterId)
      const { name } = subject
      return {
        locks: domainLocks(datacenterId, storageDomainId, hosts),
        touches: [subject],
        steps: [
          ...connectDrafts(hosts),
          { action: 'own', text: { key: 'storage-owning', params: { name } } },
          { action: 'prove', text: { key: 'storage-proving', params: { name } }, weight: 3 },
          { action: 'use', text: { key: 'storage-using', params: { name } } },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      connect: connectStep(dependencies, domainOf, { isNew: false }),
      own: ownStep(dependencies, domainOf, () => false),
      prove: proveStep(dependencies, domainOf),
      use: activateStep(dependencies, domainOf),
    },
    output: ({ input: { storageDomainId } }) => ({ storageDomainId }),
  }
}

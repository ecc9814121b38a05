import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { domainSubject, findDomain } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'
import { domainLocks, proveStep } from './domain-steps.ts'

/** Proves again what was proved when the domain was taken into use. */
export function createStorageProve(dependencies: StorageCommandDependencies): OperationHandler<'storage.prove'> {
  return {
    name: 'storage.prove',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => {
      const domain = findDomain(model, storageDomainId)
      if (domain instanceof AppError) return domain
      const { name, status } = domain
      if (status === 'active') return null
      return new AppError('storage.wrong-status', { name, status, action: 'storage.prove' }, { subject: name })
    },
    plan: (model, { storageDomainId }) => {
      const subject = domainSubject(model, { storageDomainId })
      return {
        locks: domainLocks(null, storageDomainId, []),
        touches: [subject],
        steps: [{ action: 'prove', text: { key: 'storage-proving', params: { name: subject.name } } }],
      }
    },
    afterCrash: 'undo',
    steps: { prove: proveStep(dependencies, ({ input }: StepContext<'storage.prove'>) => input.storageDomainId) },
    output: ({ input: { storageDomainId } }) => ({ storageDomainId }),
  }
}

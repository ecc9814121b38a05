import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { domainSubject, findDomain } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'
import { domainLocks, ownStep, writeDescription } from './domain-steps.ts'

/** A person says that the other engine does not use the domain any more: its lock is replaced, and the domain says that it is ours. */
export function createStorageTakeOver(dependencies: StorageCommandDependencies): OperationHandler<'storage.take-over'> {
  const domainOf = ({ input }: StepContext<'storage.take-over'>) => input.storageDomainId
  return {
    name: 'storage.take-over',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => {
      const domain = findDomain(model, storageDomainId)
      if (domain instanceof AppError) return domain
      const { name, status, owner } = domain
      if (status === 'active' && owner.status === 'foreign') return null
      return new AppError('storage.wrong-status', { name, status, action: 'storage.take-over' }, { subject: name })
    },
    plan: (model, { storageDomainId }) => {
      const subject = domainSubject(model, { storageDomainId })
      const { name } = subject
      return {
        locks: domainLocks(null, storageDomainId, []),
        touches: [subject],
        steps: [
          { action: 'own', text: { key: 'storage-taking-over', params: { name } } },
          { action: 'describe', text: { key: 'storage-describing', params: { name } } },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      own: ownStep(dependencies, domainOf, () => true),
      describe: {
        run: async (context) => writeDescription(dependencies, domainOf(context), context),
        inspect: async () => 'absent',
      },
    },
    output: ({ input: { storageDomainId } }) => ({ storageDomainId }),
  }
}

import { type StorageDomainId, storageDomainIdSchema } from '../../../shared/domain/index.ts'
import type { ModelSnapshot, OperationHandler, StepContext } from '../../engine/index.ts'
import { decideNewMaster } from '../decide-new-master.ts'
import type { MasterElection } from '../master-election.ts'
import { decideMaintenance, domainSubject, hostsOfDatacenter } from '../rules.ts'
import type { StorageCommandDependencies } from './dependencies.ts'
import { disconnectDrafts, disconnectStep, domainLocks, flushStep } from './domain-steps.ts'

/** Takes a domain out of use, and off every host. Where it is the master, another data domain follows it. */
export function createStorageMaintenance(
  dependencies: StorageCommandDependencies,
  masters: MasterElection,
): OperationHandler<'storage.maintenance'> {
  const { store, owners } = dependencies
  const domainOf = ({ input }: StepContext<'storage.maintenance'>) => input.storageDomainId
  return {
    name: 'storage.maintenance',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => decideMaintenance(model, storageDomainId),
    plan: (model, { storageDomainId }) => {
      const subject = domainSubject(model, { storageDomainId })
      const { name } = subject
      const datacenterId = model.storageDomains.get(storageDomainId)?.datacenterId ?? null
      const hosts = datacenterId === null ? [] : hostsOfDatacenter(model, datacenterId)
      const next = followerOf(model, storageDomainId)
      const election = {
        action: 'elect',
        text: { key: 'storage-electing', params: { name: next?.name ?? '' } },
        data: next?.id ?? null,
      }
      return {
        locks: domainLocks(datacenterId, storageDomainId, hosts),
        touches: next === null ? [subject] : [subject, domainSubject(model, { storageDomainId: next.id })],
        steps: [
          ...(next === null ? [] : [election]),
          { action: 'flush', text: { key: 'storage-flushing', params: { name } } },
          { action: 'wish', text: { key: 'storage-leaving', params: { name } } },
          ...disconnectDrafts(hosts),
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      elect: {
        run: async ({ step, signal }) => {
          await masters.elect(storageDomainIdSchema.parse(step.data), { signal })
          return null
        },
        inspect: async ({ step }) =>
          store.records.get(storageDomainIdSchema.parse(step.data))?.isMaster === true ? 'done' : 'absent',
      },
      flush: flushStep(dependencies, domainOf),
      wish: {
        run: async (context) => {
          await store.change(new Map([[domainOf(context), { wishedActive: false }]]))
          await owners.release(domainOf(context))
          return null
        },
        undo: async (context) => store.change(new Map([[domainOf(context), { wishedActive: true }]])),
        inspect: async (context) => (store.records.get(domainOf(context))?.wishedActive === false ? 'done' : 'absent'),
      },
      disconnect: disconnectStep(dependencies, domainOf),
    },
    output: ({ input: { storageDomainId } }) => ({ storageDomainId }),
  }
}

function followerOf(model: ModelSnapshot, storageDomainId: StorageDomainId) {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined || !domain.isMaster || domain.datacenterId === null) return null
  return decideNewMaster(domain, model.storageDomains.where('datacenterId', domain.datacenterId))
}

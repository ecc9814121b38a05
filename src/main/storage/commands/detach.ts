import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { decideDetach, domainSubject, storageHostsOf } from '../rules.ts'
import { type StorageCommandDependencies, writerLink } from './dependencies.ts'
import {
  connectDrafts,
  connectStep,
  disconnectDrafts,
  disconnectStep,
  domainLocks,
  flushStep,
  ownStep,
  writeDescription,
} from './domain-steps.ts'

const DETACHED = { datacenterId: null, isMaster: false } as const

/** Takes a domain out of its datacenter. It says so of itself, so that any engine may attach it. */
export function createStorageDetach(dependencies: StorageCommandDependencies): OperationHandler<'storage.detach'> {
  const { store, owners } = dependencies
  const domainOf = ({ input }: StepContext<'storage.detach'>) => input.storageDomainId
  return {
    name: 'storage.detach',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => decideDetach(model, storageDomainId),
    plan: (model, { storageDomainId }) => {
      const subject = domainSubject(model, { storageDomainId })
      const { name } = subject
      const datacenterId = model.storageDomains.get(storageDomainId)?.datacenterId ?? null
      // One host is enough to write into it.
      const hosts = datacenterId === null ? [] : storageHostsOf(model, datacenterId).slice(0, 1)
      return {
        locks: domainLocks(datacenterId, storageDomainId, hosts),
        touches: [subject],
        steps: [
          ...connectDrafts(hosts),
          { action: 'own', text: { key: 'storage-owning', params: { name } } },
          { action: 'flush', text: { key: 'storage-flushing', params: { name } } },
          { action: 'describe', text: { key: 'storage-describing', params: { name } } },
          { action: 'disown', text: { key: 'storage-disowning', params: { name } } },
          ...disconnectDrafts(hosts),
          { action: 'store', text: { key: 'storage-detaching', params: { name } } },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      connect: connectStep(dependencies, domainOf, { isNew: false }),
      own: ownStep(dependencies, domainOf, () => false),
      flush: flushStep(dependencies, domainOf),
      describe: {
        run: async (context) => writeDescription(dependencies, domainOf(context), context, DETACHED),
        undo: async (context) => writeDescription(dependencies, domainOf(context), context),
        // Writing it again does no harm, as soon as a host is there for it: it may say already that it belongs to nobody.
        inspect: async (context) => {
          await writerLink(dependencies, store.get(domainOf(context)), context.model(), context.signal)
          return 'absent'
        },
      },
      disown: {
        run: async (context) => owners.release(domainOf(context)),
        inspect: async () => 'done',
      },
      disconnect: disconnectStep(dependencies, domainOf),
      store: {
        run: async (context) => {
          const id = domainOf(context)
          await store.change(new Map([[id, { ...DETACHED, wishedActive: false }]]))
          dependencies.connections.forget(id)
          owners.forget(id)
          return null
        },
        inspect: async (context) => (store.records.get(domainOf(context))?.datacenterId === null ? 'done' : 'absent'),
      },
    },
    output: ({ input: { storageDomainId } }) => ({ storageDomainId }),
  }
}

import { z } from 'zod'
import { hostIdSchema, type StorageDomainId, storageDomainIdSchema } from '../../../shared/domain/index.ts'
import { exclusive, inspectNothing, type OperationHandler, type StepContext } from '../../engine/index.ts'
import { type HostLink, mapLimit } from '../../hosts/index.ts'
import type { StorageDomainRecord } from '../../inventory/index.ts'
import { decidePool, poolOf } from '../domain-pool.ts'
import {
  decideDatacenterTakes,
  decideDomainNameFree,
  decideLunsUnused,
  decideMountOptions,
  decidePlaceFree,
  decideSameLuns,
  isFirstData,
  storageHostsOf,
} from '../rules.ts'
import { connectedLink, type StorageCommandDependencies, writerLink } from './dependencies.ts'
import {
  activateStep,
  connectDrafts,
  connectStep,
  domainLocks,
  ownStep,
  proveStep,
  WRITE_TIMEOUT_MS,
} from './domain-steps.ts'

type Context = StepContext<'storage.create'>

const EXAMINE_TIMEOUT_MS = 10 * 60_000
const EXAMINED_AT_ONCE = 8
const hostIdsSchema = z.array(hostIdSchema)
const wroteSchema = z.object({ hostId: hostIdSchema })

/**
 * Makes a storage domain. Before anything is written every host of the datacenter that is up has looked at the place. Whatever fails or is cut
 * off later is undone: no host keeps a pool, and the folder is as it was.
 */
export function createStorageCreate(dependencies: StorageCommandDependencies): OperationHandler<'storage.create'> {
  const { registry, store, connections, owners, writer, onHost, clock, claim, passwords } = dependencies
  /** Claimed at each step: an engine that goes on with it has to know, too, that the domain is at work. */
  const domainOf = ({ ids, operationId }: Context): StorageDomainId => {
    const id = storageDomainIdSchema.parse(ids.storageDomainId)
    claim(id, operationId)
    return id
  }
  return {
    name: 'storage.create',
    ids: ['storageDomainId'],
    subject: (_model, { name }, { storageDomainId = name } = {}) => ({
      kind: 'storage-domain',
      id: storageDomainId,
      name,
    }),
    validate: (model, { datacenterId, name, type, storage }) =>
      decideDomainNameFree(model, name) ??
      decideMountOptions(storage) ??
      decidePlaceFree(model, storage) ??
      decideLunsUnused(model, storage) ??
      decideDatacenterTakes(model, datacenterId, { type, storage }),
    auditParams: ({ type, storage }) => ({ type, storage: storage.kind }),
    plan: (model, { datacenterId, name }, ids) => {
      const hosts = storageHostsOf(model, datacenterId)
      return {
        locks: [exclusive('storage-domains'), ...domainLocks(datacenterId, null, hosts)],
        touches: [{ kind: 'storage-domain', id: ids.storageDomainId ?? name, name }],
        steps: [
          {
            action: 'examine',
            text: { key: 'storage-examining', params: { count: hosts.length } },
            data: hosts.map(({ id }) => id),
            cancellable: true,
          },
          { action: 'store', text: { key: 'storage-storing', params: { name } } },
          ...connectDrafts(hosts).map((step) => ({ ...step, cancellable: true })),
          {
            action: 'describe',
            text: { key: 'storage-describing', params: { name } },
            hostId: hosts[0]?.id ?? null,
          },
          { action: 'own', text: { key: 'storage-owning', params: { name } } },
          { action: 'prove', text: { key: 'storage-proving', params: { name } }, weight: 3 },
          { action: 'use', text: { key: 'storage-using', params: { name } } },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      examine: { timeoutMs: EXAMINE_TIMEOUT_MS, run: examine, inspect: inspectNothing },
      store: {
        run: async (context) => {
          const record = makeRecord(context)
          await passwords.save(record.id, context.input.chapPassword)
          await store.add(record)
          return null
        },
        undo: async (context) => {
          const id = domainOf(context)
          connections.forget(id)
          owners.forget(id)
          if (store.records.has(id)) await store.remove(id)
          await passwords.forget(id)
        },
        inspect: async (context) => (store.records.has(domainOf(context)) ? 'done' : 'absent'),
      },
      connect: connectStep(dependencies, domainOf, { isNew: true }),
      describe: {
        timeoutMs: WRITE_TIMEOUT_MS,
        run: async (context) => {
          const record = store.get(domainOf(context))
          const link = await writerLink(dependencies, record, context.model(), context.signal)
          await writer.write(record.id, link, { signal: context.signal, isNew: true })
          return { hostId: link.id }
        },
        undo: async (context) => {
          const { signal } = context
          await onHost.removeDescriptor(await reach(context), poolOf(store.get(domainOf(context))), { signal })
        },
        inspect: async (context) => {
          const { signal } = context
          const pool = poolOf(store.get(domainOf(context)))
          return (await onHost.isMade(await reach(context), pool, { signal })) ? 'done' : 'absent'
        },
      },
      own: ownStep(dependencies, domainOf, () => false),
      prove: proveStep(dependencies, domainOf),
      use: activateStep(dependencies, domainOf),
    },
    output: ({ ids }) => ({ storageDomainId: storageDomainIdSchema.parse(ids.storageDomainId) }),
  }

  async function examine({ input, step, ids, signal }: Context): Promise<unknown> {
    const { type, storage, force, name, chapPassword } = input
    const id = storageDomainIdSchema.parse(ids.storageDomainId)
    const { poolName, targetPath } = decidePool(id, name, storage)
    const found = await mapLimit(hostIdsSchema.parse(step.data), EXAMINED_AT_ONCE, async (hostId) => {
      const link = await connectedLink(registry, hostId, signal)
      const wanted = { type, storage, purpose: 'create', pool: { poolName, targetPath }, chapPassword } as const
      const { errors, luns = [] } = await onHost.examine(link, wanted, { signal })
      return { hostName: link.definition.name, errors, luns }
    })
    const differs = decideSameLuns(found)
    if (differs !== null) throw differs
    const refusals = found.flatMap(({ errors: [first] }) => (first === undefined ? [] : [first]))
    const [first] = refusals
    if (first !== undefined && (!force || refusals.length === found.length)) throw first
    return { refused: refusals.length }
  }

  function makeRecord(context: Context): StorageDomainRecord {
    const { input, model } = context
    const { datacenterId, name, description, type, storage, warningFreePercent, criticalFreeBytes } = input
    const id = domainOf(context)
    const { poolName, targetPath } = decidePool(id, name, storage)
    return {
      id,
      datacenterId,
      name,
      description,
      type,
      storage,
      poolName,
      targetPath,
      wishedActive: false,
      isMaster: isFirstData(model(), datacenterId, type),
      masterVersion: 1,
      warningFreePercent,
      criticalFreeBytes,
      locks: { verdict: 'unproved', leaseSeconds: null, provedAt: null },
      generation: 0,
      revision: 1,
      createdAt: clock.now(),
    }
  }

  /** A host through which it can be seen what was written: the one that wrote it, else another one that is there. */
  async function reach({ input, ids, results, step, model, signal }: Context): Promise<HostLink> {
    const record = store.get(storageDomainIdSchema.parse(ids.storageDomainId))
    const written = wroteSchema.safeParse(results.describe)
    const first = hostIdSchema.parse(written.success ? written.data.hostId : step.hostId)
    const others = storageHostsOf(model(), input.datacenterId).map(({ id }) => id)
    const hostId = registry.find(first)?.isLive === true ? first : (others[0] ?? first)
    const link = await connectedLink(registry, hostId, signal)
    await connections.connect(record, link, { signal })
    return link
  }
}

import { z } from 'zod'
import {
  hostIdSchema,
  type StorageDomainId,
  storageDomainIdSchema,
  storageDomainTypeSchema,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import {
  exclusive,
  inspectNothing,
  type ModelSnapshot,
  type OperationHandler,
  type StepContext,
} from '../../engine/index.ts'
import { mapLimit } from '../../hosts/index.ts'
import { decidePool, placeOf } from '../domain-pool.ts'
import type { DomainDescriptor } from '../on-host/types.ts'
import {
  decideDatacenterTakes,
  decideDomainNameFree,
  decideMountOptions,
  decidePlaceFree,
  decideTypeFits,
  isFirstData,
  storageHostsOf,
} from '../rules.ts'
import { connectedLink, type StorageCommandDependencies } from './dependencies.ts'
import { activateStep, connectDrafts, connectStep, domainLocks, ownStep, proveStep } from './domain-steps.ts'

type Context = StepContext<'storage.import'>

const EXAMINE_TIMEOUT_MS = 10 * 60_000
const EXAMINED_AT_ONCE = 8
const hostIdsSchema = z.array(hostIdSchema)

/** What the domain says of itself, as far as the inventory takes it over. */
const foundSchema = z.object({
  id: storageDomainIdSchema,
  type: storageDomainTypeSchema,
  name: z.string(),
  description: z.string(),
  masterVersion: z.number(),
  generation: z.number(),
})

/** Takes a domain into a datacenter by its descriptor. What is in it is not changed. */
export function createStorageImport(dependencies: StorageCommandDependencies): OperationHandler<'storage.import'> {
  const { registry, store, connections, owners, onHost, engine, clock, claim, passwords } = dependencies
  /** Claimed at each step: which domain it is about only its first step finds out. */
  const domainOf = ({ results, operationId }: Context): StorageDomainId => {
    const { id } = foundSchema.parse(results.examine)
    claim(id, operationId)
    return id
  }
  return {
    name: 'storage.import',
    subject: (_model, { storage }) => {
      const { root, path } = placeOf(storage)
      const name = root === '' ? path : `${root}:${path}`
      return { kind: 'storage-domain', id: name, name }
    },
    validate: (model, { datacenterId, storage }) =>
      decideMountOptions(storage) ??
      decidePlaceFree(model, storage) ??
      decideDatacenterTakes(model, datacenterId, { type: null, storage }),
    auditParams: ({ storage }) => ({ storage: storage.kind }),
    plan: (model, { datacenterId, storage }) => {
      const hosts = storageHostsOf(model, datacenterId)
      const { path } = placeOf(storage)
      return {
        locks: [exclusive('storage-domains'), ...domainLocks(datacenterId, null, hosts)],
        touches: [{ kind: 'storage-domain', id: path, name: path }],
        steps: [
          {
            action: 'examine',
            text: { key: 'storage-reading', params: { count: hosts.length } },
            data: hosts.map(({ id }) => id),
            cancellable: true,
          },
          { action: 'store', text: { key: 'storage-storing', params: { name: path } } },
          ...connectDrafts(hosts),
          { action: 'own', text: { key: 'storage-owning', params: { name: path } } },
          { action: 'prove', text: { key: 'storage-proving', params: { name: path } }, weight: 3 },
          { action: 'use', text: { key: 'storage-using', params: { name: path } } },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      examine: { timeoutMs: EXAMINE_TIMEOUT_MS, run: examine, inspect: inspectNothing },
      store: {
        run: storeFound,
        undo: async (context) => {
          const id = domainOf(context)
          connections.forget(id)
          owners.forget(id)
          if (store.records.has(id)) await store.remove(id)
          await passwords.forget(id)
        },
        inspect: async (context) => (store.records.has(domainOf(context)) ? 'done' : 'absent'),
      },
      connect: connectStep(dependencies, domainOf, { isNew: false }),
      own: ownStep(dependencies, domainOf, ({ input }) => input.takeOver),
      prove: proveStep(dependencies, domainOf),
      use: activateStep(dependencies, domainOf),
    },
    output: ({ results }) => ({ storageDomainId: foundSchema.parse(results.examine).id }),
  }

  /** Every host looks; the domain is what the first finds that can. */
  async function examine({ input, step, model, signal }: Context): Promise<DomainDescriptor> {
    const { storage, datacenterId, takeOver, chapPassword } = input
    const found = await mapLimit(hostIdsSchema.parse(step.data), EXAMINED_AT_ONCE, async (hostId) => {
      const link = await connectedLink(registry, hostId, signal)
      return onHost.examine(link, { type: 'data', storage, purpose: 'import', pool: null, chapPassword }, { signal })
    })
    const usable = found.find(({ errors, descriptor }) => errors.length === 0 && descriptor !== null)
    const refusal = found.flatMap(({ errors }) => errors)[0]
    const descriptor = usable?.descriptor
    if (descriptor == null) throw refusal ?? new AppError('storage.no-up-host', { datacenterName: '' })
    const isOthers = descriptor.datacenter !== null && descriptor.engine !== null && descriptor.engine.id !== engine.id
    if (isOthers && !takeOver) {
      const params = { name: descriptor.name, engineName: descriptor.engine?.name ?? '?' }
      throw new AppError('storage.owned-elsewhere', params, { subject: descriptor.name })
    }
    const refused = decideFound(model(), datacenterId, descriptor)
    if (refused !== null) throw refused
    return descriptor
  }

  async function storeFound(context: Context): Promise<null> {
    const { input, model } = context
    const { datacenterId, storage } = input
    const {
      id,
      type,
      name: ownName,
      description,
      masterVersion,
      generation,
    } = foundSchema.parse(context.results.examine)
    const name = decideFreeName(model(), ownName)
    const { poolName, targetPath } = decidePool(id, name, storage)
    await passwords.save(id, input.chapPassword)
    await store.add({
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
      masterVersion,
      warningFreePercent: 10,
      criticalFreeBytes: 5 * 1_024 ** 3,
      locks: { verdict: 'unproved', leaseSeconds: null, provedAt: null },
      generation,
      revision: 1,
      createdAt: clock.now(),
    })
    return null
  }
}

/** What the domain turned out to be: may the datacenter take it? */
function decideFound(
  model: ModelSnapshot,
  datacenterId: Parameters<typeof isFirstData>[1],
  { id, type }: DomainDescriptor,
): AppError | null {
  const known = model.storageDomains.get(id)
  if (known !== undefined) {
    return new AppError('storage.place-taken', { path: placeOf(known.storage).path, other: known.name })
  }
  const datacenter = model.datacenters.get(datacenterId)
  return datacenter === undefined
    ? new AppError('datacenter.not-found', { datacenterId })
    : decideTypeFits(model, datacenter, type)
}

/** Its own name, with a number behind it where that is taken. */
function decideFreeName(model: ModelSnapshot, ownName: string): string {
  const base = ownName.slice(0, 56)
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base} (${number})`
    if (decideDomainNameFree(model, name) === null) return name
  }
}

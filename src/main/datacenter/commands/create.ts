import { randomUUID } from 'node:crypto'
import { datacenterIdSchema } from '../../../shared/domain/index.ts'
import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { decideDatacenterNameFree, findDatacenterNamed } from '../rules.ts'
import type { DatacenterCommandDependencies } from './dependencies.ts'

/** Creates a datacenter that holds nothing yet. */
export function createDatacenterCreate({
  store,
  clock,
}: DatacenterCommandDependencies): InstantHandler<'datacenter.create'> {
  return {
    name: 'datacenter.create',
    // Once it is there it is found by its name.
    subject: (model, { name }) => ({ kind: 'datacenter', id: findDatacenterNamed(model, name)?.id ?? name, name }),
    validate: (model, { name }) => decideDatacenterNameFree(model, name),
    locks: () => [exclusive('datacenters')],
    execute: async ({ input: { name, description, storage } }) => {
      const datacenterId = datacenterIdSchema.parse(randomUUID())
      await store.add({
        id: datacenterId,
        name,
        description,
        storageType: storage,
        revision: 1,
        createdAt: clock.now(),
      })
      return { datacenterId }
    },
  }
}

import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { datacenterSubject, decideDatacenterEmpty } from '../rules.ts'
import type { DatacenterCommandDependencies } from './dependencies.ts'

/** Removes a datacenter that holds nothing. */
export function createDatacenterRemove({ store }: DatacenterCommandDependencies): InstantHandler<'datacenter.remove'> {
  return {
    name: 'datacenter.remove',
    subject: datacenterSubject,
    validate: (model, { datacenterId }) => decideDatacenterEmpty(model, datacenterId),
    // Exclusive: a cluster that is being created in it is there first, and then in the way.
    locks: (_model, { datacenterId }) => [exclusive('datacenters'), exclusive(`datacenter:${datacenterId}`)],
    execute: async ({ input: { datacenterId } }) => {
      await store.remove(datacenterId)
      return {}
    },
  }
}

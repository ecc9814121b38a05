import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { datacenterSubject, decideDatacenterKnown, decideDatacenterNameFree } from '../rules.ts'
import type { DatacenterCommandDependencies } from './dependencies.ts'

/** Changes what a datacenter is called and how it is described. */
export function createDatacenterEdit({ store }: DatacenterCommandDependencies): InstantHandler<'datacenter.edit'> {
  return {
    name: 'datacenter.edit',
    subject: datacenterSubject,
    validate: (model, { datacenterId, name }) =>
      decideDatacenterKnown(model, datacenterId) ?? decideDatacenterNameFree(model, name, datacenterId),
    locks: (_model, { datacenterId }) => [exclusive('datacenters'), exclusive(`datacenter:${datacenterId}`)],
    auditParams: ({ datacenterId: _datacenterId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    execute: async ({ input: { datacenterId, revision, name, description }, identity }) => {
      await store.edit(datacenterId, { name, description }, { user: identity.user, base: revision })
      return { datacenterId }
    },
  }
}

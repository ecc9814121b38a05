import { randomInt, randomUUID } from 'node:crypto'
import {
  type ClusterSettings,
  type ClusterSettingsChanges,
  clusterIdSchema,
  defaultClusterSettings,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler, shared } from '../../engine/index.ts'
import { decideFreeMacRange } from '../decide-mac-range.ts'
import { decideClusterNameFree, findClusterNamed } from '../rules.ts'
import type { ClusterCommandDependencies } from './dependencies.ts'

/** Creates a cluster in a datacenter. */
export function createClusterCreate({ store, clock }: ClusterCommandDependencies): InstantHandler<'cluster.create'> {
  return {
    name: 'cluster.create',
    // Once it is there it is found by its name.
    subject: (model, { name }) => ({ kind: 'cluster', id: findClusterNamed(model, name)?.id ?? name, name }),
    validate: (model, { datacenterId, name }) =>
      model.datacenters.has(datacenterId)
        ? decideClusterNameFree(model, name)
        : new AppError('datacenter.not-found', { datacenterId }),
    // Shared: the datacenter is not removed meanwhile.
    locks: (_model, { datacenterId }) => [exclusive('clusters'), shared(`datacenter:${datacenterId}`)],
    execute: async ({ input: { datacenterId, name, ...given } }) => {
      const id = clusterIdSchema.parse(randomUUID())
      await store.add({ id, datacenterId, name, settings: settingsFrom(given), revision: 1, createdAt: clock.now() })
      return { clusterId: id }
    },
  }

  function settingsFrom({ macRange, ...given }: ClusterSettingsChanges): ClusterSettings {
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const taken = [...store.records.values()].map(({ settings }) => settings.macRange)
    const [first] = taken
    // The blocks of one inventory lie side by side, behind that of its first cluster.
    const start =
      first === undefined ? randomInt(0x1_0000) : Number.parseInt(first.from.replaceAll(':', '').slice(4, 8), 16)
    const range = macRange ?? decideFreeMacRange(taken, start)
    if (range === null) throw new AppError('cluster.no-mac-range', {})
    return { ...defaultClusterSettings, ...set, macRange: range }
  }
}

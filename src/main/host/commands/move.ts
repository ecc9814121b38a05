import { AppError } from '../../../shared/errors/index.ts'
import { decideHostMove } from '../../cluster/index.ts'
import { exclusive, type InstantHandler, shared } from '../../engine/index.ts'
import { decideHostJoinsStorage } from '../../storage/index.ts'
import { hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Moves a host to another cluster. Its VMs belong to the cluster of their host, and go along. */
export function createHostMove({
  registry,
  inventory,
  revisions,
  clock,
}: HostCommandDependencies): InstantHandler<'host.move'> {
  return {
    name: 'host.move',
    subject: hostSubject,
    validate: (model, input) =>
      decideHostMove(model, input) ?? decideHostJoinsStorage(model, input.clusterId, input.hostId),
    // Shared: neither the cluster that it leaves nor the one that it goes to is removed meanwhile.
    locks: (model, { hostId, clusterId }) => {
      const left = model.hosts.get(hostId)?.clusterId ?? clusterId
      return [exclusive(`host:${hostId}`), ...[...new Set([left, clusterId])].map((id) => shared(`cluster:${id}`))]
    },
    auditParams: ({ clusterId }) => ({ clusterId }),
    execute: async ({ input: { hostId, clusterId }, identity }) => {
      await inventory.transaction(async ({ hosts, edits }) => {
        const record = (await hosts.fetchAll()).find((host) => host.id === hostId)
        if (record === undefined) throw new AppError('host.not-found', { hostId })
        const revision = record.revision + 1
        await hosts.save({ ...record, clusterId, revision })
        await edits.add({
          entityId: hostId,
          revision,
          fields: ['clusterId'],
          user: identity.user,
          at: clock.now(),
        })
      })
      revisions.set(hostId, (revisions.get(hostId) ?? 1) + 1)
      await registry.update({ ...registry.get(hostId).definition, clusterId })
      return { hostId }
    },
  }
}

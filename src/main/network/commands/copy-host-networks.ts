import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { decideCopiedWish } from '../host-networks/decide-copied-wish.ts'
import { createSetupSteps, findSetupHost, type SetupDependencies, setupDrafts } from '../host-networks/setup-steps.ts'
import { networksLock } from './setup-host-networks.ts'
import { settledHosts } from './sync-host-networks.ts'

/** Sets other hosts up as one host is, one after the other; the first that fails is the last. */
export function createHostCopyNetworks(dependencies: SetupDependencies): OperationHandler<'host.copy-networks'> {
  const { store } = dependencies
  return {
    name: 'host.copy-networks',
    subject: (model, { fromHostId }) => {
      const name = model.hosts.get(fromHostId)?.name ?? fromHostId
      return { kind: 'host', id: fromHostId, name }
    },
    validate: (model, { fromHostId, hostIds }) => {
      for (const hostId of [fromHostId, ...hostIds]) {
        const host = findSetupHost(model, hostId)
        if (host instanceof Error) return host
      }
      return hostIds.includes(fromHostId) ? new AppError('network.copy-onto-itself', {}) : null
    },
    auditParams: ({ hostIds }) => ({ hosts: hostIds.length }),
    plan: (model, { hostIds }) => {
      const hosts = [...new Set(hostIds)].map((id) => ({ id, name: model.hosts.get(id)?.name ?? id }))
      return {
        locks: hosts.map(({ id }) => networksLock(id)),
        touches: hosts.map(({ id, name }) => ({ kind: 'host', id, name })),
        steps: hosts.flatMap(setupDrafts),
      }
    },
    afterCrash: 'undo',
    steps: createSetupSteps(dependencies, {
      wishFor: ({ input, model }, hostId) =>
        decideCopiedWish(
          store.wishOf(input.fromHostId),
          store.wishOf(hostId),
          model().networks,
          input.addresses.filter((each) => each.hostId === hostId),
        ),
    }),
    output: ({ results }) => ({ hostIds: settledHosts(results) }),
  }
}

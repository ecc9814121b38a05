import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type OperationHandler } from '../../engine/index.ts'
import { changeWish } from '../host-networks/plan-host-networks.ts'
import { createSetupSteps, findSetupHost, type SetupDependencies, setupDrafts } from '../host-networks/setup-steps.ts'

/** Held by whoever changes the network of a host. */
export const networksLock = (hostId: string) => exclusive(`host-networks:${hostId}`)

/**
 * Sets up a host's networks on trial: the host goes back by itself unless the engine reaches it again over a new connection. Whatever is cut off
 * before it is kept there is undone.
 */
export function createHostSetupNetworks(dependencies: SetupDependencies): OperationHandler<'host.setup-networks'> {
  const { store } = dependencies
  return {
    name: 'host.setup-networks',
    subject: (model, { hostId }) => ({ kind: 'host', id: hostId, name: model.hosts.get(hostId)?.name ?? hostId }),
    validate: (model, { hostId, attachments }) => {
      const host = findSetupHost(model, hostId)
      if (host instanceof Error) return host
      const unknown = attachments.find(({ networkId }) => !model.networks.has(networkId))
      return unknown === undefined ? null : new AppError('network.not-found', { networkId: unknown.networkId })
    },
    auditParams: ({ attachments, bonds, removed }) => ({
      attachments: attachments.length,
      bonds: bonds.length,
      removed: removed.networkIds.length + removed.bonds.length,
    }),
    plan: (model, { hostId }) => {
      const name = model.hosts.get(hostId)?.name ?? hostId
      return {
        locks: [networksLock(hostId)],
        touches: [{ kind: 'host', id: hostId, name }],
        steps: setupDrafts({ id: hostId, name }),
      }
    },
    afterCrash: 'undo',
    steps: createSetupSteps(dependencies, { wishFor: ({ input }, hostId) => changeWish(store.wishOf(hostId), input) }),
    output: ({ input: { hostId } }) => ({ hostId }),
  }
}

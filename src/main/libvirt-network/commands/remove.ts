import { isAppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import {
  callNetwork,
  decideUnused,
  inspectNetwork,
  type NetworkDependencies,
  netOf,
  onNetwork,
  requireNetwork,
} from '../network-work.ts'

/** Stops and removes a network of a host. One that cannot be removed after it was stopped runs again. */
export function createNetworkRemove(dependencies: NetworkDependencies): OperationHandler<'libvirt-network.remove'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decideThere, plan } = onNetwork(dependencies)
  return {
    name: 'libvirt-network.remove',
    subject,
    auditParams: (input) => ({ object: nameOf(input), evenIfUsed: input.evenIfUsed }),
    refresh,
    validate: (model, input) => {
      const network = readings.find(input.hostId, input.libvirtNetworkId)
      if (network === null) return decideThere(model, input)
      if (input.evenIfUsed) return null
      return decideUnused(model, input.hostId, network, { action: 'remove', isRunningOnly: false })
    },
    plan: (model, input) => plan(model, input, [{ action: 'remove', key: 'removing-network' }]),
    afterCrash: 'finish',
    steps: {
      remove: {
        run: async ({ input }) => {
          const network = await requireNetwork(dependencies, input)
          const link = registry.get(input.hostId)
          const about = { action: 'remove', ...network } as const
          const net = netOf(network)
          if (network.isActive) {
            await callNetwork(link, about, (driver, limits) => driver.call('NETWORK_DESTROY', { net }, limits))
          }
          if (network.isPersistent) {
            try {
              await callNetwork(link, about, (driver, limits) => driver.call('NETWORK_UNDEFINE', { net }, limits))
            } catch (error) {
              if (network.isActive) await startAgain()
              throw error
            }
          }
          await readings.read(link)
          return null

          async function startAgain(): Promise<void> {
            try {
              await callNetwork(link, about, (driver, limits) => driver.call('NETWORK_CREATE', { net }, limits))
            } catch (error) {
              // What kept it from being removed is what is told.
              if (!isAppError(error)) throw error
            }
          }
        },
        inspect: ({ input }) => inspectNetwork(dependencies, input, (network) => network === null),
      },
    },
    output: () => ({}),
  }
}

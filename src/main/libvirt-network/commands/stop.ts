import { AppError } from '../../../shared/errors/index.ts'
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

/** Stops a network of a host. Machines there keep their cards, and lose what is behind them. */
export function createNetworkStop(dependencies: NetworkDependencies): OperationHandler<'libvirt-network.stop'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decideThere, plan } = onNetwork(dependencies)
  return {
    name: 'libvirt-network.stop',
    subject,
    auditParams: (input) => ({ object: nameOf(input), evenIfUsed: input.evenIfUsed }),
    refresh,
    validate: (model, input) => {
      const network = readings.find(input.hostId, input.libvirtNetworkId)
      if (network === null) return decideThere(model, input)
      const { name } = network
      if (!network.isActive)
        return new AppError('libvirt-network.not-active', { name, action: 'stop' }, { subject: name })
      // It would be gone, not stopped.
      if (!network.isPersistent)
        return new AppError('libvirt-network.transient', { name, action: 'stop' }, { subject: name })
      if (input.evenIfUsed) return null
      return decideUnused(model, input.hostId, network, { action: 'stop', isRunningOnly: true })
    },
    plan: (model, input) => plan(model, input, [{ action: 'stop', key: 'stopping-network' }]),
    afterCrash: 'finish',
    steps: {
      stop: {
        run: async ({ input }) => {
          const network = await requireNetwork(dependencies, input)
          const link = registry.get(input.hostId)
          await callNetwork(link, { action: 'stop', ...network }, (driver, limits) =>
            driver.call('NETWORK_DESTROY', { net: netOf(network) }, limits),
          )
          await readings.read(link)
          return null
        },
        inspect: ({ input }) => inspectNetwork(dependencies, input, (network) => network?.isActive !== true),
      },
    },
    output: () => ({}),
  }
}

import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import {
  callNetwork,
  inspectNetwork,
  type NetworkDependencies,
  netOf,
  onNetwork,
  requireNetwork,
} from '../network-work.ts'

/** Starts a network of a host. */
export function createNetworkStart(dependencies: NetworkDependencies): OperationHandler<'libvirt-network.start'> {
  const { registry, readings } = dependencies
  const { subject, auditParams, refresh, decideThere, plan } = onNetwork(dependencies)
  return {
    name: 'libvirt-network.start',
    subject,
    auditParams,
    refresh,
    validate: (model, input) => {
      const network = readings.find(input.hostId, input.libvirtNetworkId)
      if (network?.isActive !== true) return decideThere(model, input)
      return new AppError('libvirt-network.already-active', { name: network.name }, { subject: network.name })
    },
    plan: (model, input) => plan(model, input, [{ action: 'start', key: 'starting-network' }]),
    afterCrash: 'finish',
    steps: {
      start: {
        run: async ({ input }) => {
          const network = await requireNetwork(dependencies, input)
          const link = registry.get(input.hostId)
          await callNetwork(link, { action: 'start', ...network }, (driver, limits) =>
            driver.call('NETWORK_CREATE', { net: netOf(network) }, limits),
          )
          await readings.read(link)
          return null
        },
        inspect: ({ input }) => inspectNetwork(dependencies, input, (network) => network?.isActive === true),
      },
    },
    output: () => ({}),
  }
}

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

/** Sets whether a network starts with its host. libvirt has no event for this. */
export function createNetworkAutostart(
  dependencies: NetworkDependencies,
): OperationHandler<'libvirt-network.autostart'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decideThere, plan } = onNetwork(dependencies)
  return {
    name: 'libvirt-network.autostart',
    subject,
    auditParams: (input) => ({ object: nameOf(input), enabled: input.enabled }),
    refresh,
    validate: (model, input) => {
      const network = readings.find(input.hostId, input.libvirtNetworkId)
      if (network?.isPersistent !== false) return decideThere(model, input)
      return new AppError('libvirt-network.transient', { name: network.name, action: 'autostart' })
    },
    plan: (model, input) => plan(model, input, [{ action: 'set', key: 'setting-network-autostart' }]),
    afterCrash: 'finish',
    steps: {
      set: {
        run: async ({ input }) => {
          const network = await requireNetwork(dependencies, input)
          const link = registry.get(input.hostId)
          const request = { net: netOf(network), autostart: input.enabled ? 1 : 0 }
          await callNetwork(link, { action: 'autostart', ...network }, (driver, limits) =>
            driver.call('NETWORK_SET_AUTOSTART', request, limits),
          )
          await readings.read(link)
          return null
        },
        inspect: ({ input }) => inspectNetwork(dependencies, input, (network) => network?.autostart === input.enabled),
      },
    },
    output: () => ({}),
  }
}

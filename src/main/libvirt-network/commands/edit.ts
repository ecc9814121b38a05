import { z } from 'zod'
import { networkPendingSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { applyLiveUpdates } from '../apply-live-updates.ts'
import { decideSettingsRefusal } from '../decide-settings-refusal.ts'
import { decideWanted } from '../decide-wanted.ts'
import {
  callNetwork,
  hostNameOf,
  inspectNetwork,
  type NetworkDependencies,
  onNetwork,
  requireNetwork,
} from '../network-work.ts'
import { writeNetwork } from '../write-network.ts'

const definedSchema = z.object({ before: z.string() })
const outputSchema = z.object({ pending: z.array(networkPendingSchema) })

/**
 * Changes a network's definition, and of the running network what libvirt can change while it runs. What it cannot, or refuses to,
 * waits for the next start, and is told.
 */
export function createNetworkEdit(dependencies: NetworkDependencies): OperationHandler<'libvirt-network.edit'> {
  const { registry, readings } = dependencies
  const { subject, auditParams, refresh, decideThere, plan } = onNetwork(dependencies)
  return {
    name: 'libvirt-network.edit',
    subject,
    auditParams,
    refresh,
    validate: (model, input) => {
      const { hostId, libvirtNetworkId } = input
      const before = readings.find(hostId, libvirtNetworkId)
      if (before === null) return decideThere(model, input)
      const { name } = before
      if (!before.isPersistent)
        return new AppError('libvirt-network.transient', { name, action: 'edit' }, { subject: name })
      return decideSettingsRefusal({
        name,
        hostName: hostNameOf(model, hostId),
        wanted: decideWanted(before, input),
        before,
        others: (readings.networksOf(hostId) ?? []).filter(({ id }) => id !== before.id),
        surroundings: readings.surroundingsOf(hostId),
      })
    },
    plan: (model, input) =>
      plan(model, input, [
        { action: 'define', key: 'defining-network' },
        { action: 'update', key: 'updating-network' },
      ]),
    afterCrash: 'finish',
    steps: {
      define: {
        run: async ({ input }) => {
          const network = await requireNetwork(dependencies, input)
          const link = registry.get(input.hostId)
          const xml = writeNetwork(network.xml, decideWanted(network, input))
          if (xml !== network.xml) {
            await callNetwork(link, { action: 'edit', ...network }, (driver, limits) =>
              driver.call('NETWORK_DEFINE_XML', { xml }, limits),
            )
          }
          await readings.read(link)
          return { before: network.xml }
        },
        undo: async ({ input, results }) => {
          const link = registry.get(input.hostId)
          const { before } = definedSchema.parse(results.define)
          const about = { action: 'edit', name: readings.nameOf(input.hostId, input.libvirtNetworkId) } as const
          await callNetwork(link, { ...about, id: input.libvirtNetworkId }, (driver, limits) =>
            driver.call('NETWORK_DEFINE_XML', { xml: before }, limits),
          )
          await readings.read(link)
        },
        inspect: ({ input }) =>
          inspectNetwork(dependencies, input, (network) =>
            network === null ? false : writeNetwork(network.xml, decideWanted(network, input)) === network.xml,
          ),
      },
      update: {
        run: async ({ input }) => {
          const network = await requireNetwork(dependencies, input)
          const link = registry.get(input.hostId)
          if (network.isActive) await applyLiveUpdates(link, network)
          const { pending } = await requireNetwork(dependencies, input)
          return { pending }
        },
        // Doing again what was done changes nothing.
        inspect: async () => 'absent',
      },
    },
    output: ({ results }) => outputSchema.parse(results.update),
  }
}

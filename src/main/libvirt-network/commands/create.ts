import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { isLibvirtError } from '../../hosts/index.ts'
import { decideSettingsRefusal } from '../decide-settings-refusal.ts'
import { decideWanted } from '../decide-wanted.ts'
import { callNetwork, hostNameOf, inspectNetwork, type NetworkDependencies, networkLocks } from '../network-work.ts'
import { buildNetworkXml } from '../write-network.ts'

/** Makes a network of a host's libvirt, and starts it. One that does not start is not kept. */
export function createNetworkCreate(dependencies: NetworkDependencies): OperationHandler<'libvirt-network.create'> {
  const { registry, readings } = dependencies
  return {
    name: 'libvirt-network.create',
    ids: ['libvirtNetworkId'],
    subject: (model, { hostId }) => ({ kind: 'host', id: hostId, name: hostNameOf(model, hostId) }),
    auditParams: ({ name, mode }) => ({ object: name, mode }),
    refresh: ({ input }) => readings.refresh(input.hostId),
    validate: (model, input) => {
      const { hostId, name } = input
      if (!model.hosts.has(hostId)) return new AppError('host.not-found', { hostId })
      return decideSettingsRefusal({
        name,
        hostName: hostNameOf(model, hostId),
        wanted: decideWanted(null, input),
        before: null,
        others: readings.networksOf(hostId) ?? [],
        surroundings: readings.surroundingsOf(hostId),
      })
    },
    plan: (model, { hostId, name, start }) => {
      const host = hostNameOf(model, hostId)
      const params = { network: name, host }
      const step = (action: string, key: string) => ({ action, hostId, text: { key, params } })
      return {
        locks: networkLocks(hostId),
        touches: [{ kind: 'host', id: hostId, name: host }],
        steps: [step('define', 'defining-network'), ...(start ? [step('start', 'starting-network')] : [])],
      }
    },
    afterCrash: 'undo',
    steps: {
      define: {
        run: async ({ input, ids }) => {
          const { hostId, name, autostart } = input
          const id = idOf(ids)
          const link = registry.get(hostId)
          const xml = buildNetworkXml(name, id, decideWanted(null, input))
          const about = { action: 'create', name, id } as const
          const { net } = await callNetwork(link, about, (driver, limits) =>
            driver.call('NETWORK_DEFINE_XML', { xml }, limits),
          )
          try {
            await callNetwork(link, about, (driver, limits) =>
              driver.call('NETWORK_SET_AUTOSTART', { net, autostart: autostart ? 1 : 0 }, limits),
            )
          } catch (error) {
            await undefine(hostId, name, id)
            throw error
          }
          await readings.read(link)
          return null
        },
        undo: ({ input, ids }) => undefine(input.hostId, input.name, idOf(ids)),
        inspect: ({ input, ids }) =>
          inspectNetwork(
            dependencies,
            { hostId: input.hostId, libvirtNetworkId: idOf(ids) },
            (network) => network !== null,
          ),
      },
      start: {
        run: async ({ input, ids }) => {
          const link = registry.get(input.hostId)
          const net = { name: input.name, uuid: idOf(ids) }
          await callNetwork(link, { action: 'start', name: net.name, id: net.uuid }, (driver, limits) =>
            driver.call('NETWORK_CREATE', { net }, limits),
          )
          await readings.read(link)
          return null
        },
        inspect: ({ input, ids }) =>
          inspectNetwork(
            dependencies,
            { hostId: input.hostId, libvirtNetworkId: idOf(ids) },
            (network) => network?.isActive === true,
          ),
      },
    },
    output: ({ ids }) => ({ libvirtNetworkId: idOf(ids) }),
  }

  async function undefine(hostId: Parameters<typeof registry.get>[0], name: string, uuid: string): Promise<void> {
    const link = registry.get(hostId)
    const driver = link.family('network')
    const net = { name, uuid }
    for (const procedure of ['NETWORK_DESTROY', 'NETWORK_UNDEFINE'] as const) {
      try {
        await driver.call(procedure, { net }, { timeoutMs: 60_000 })
      } catch (error) {
        // It did not run, or is gone already.
        if (!isLibvirtError(error, 'noNetwork') && !isLibvirtError(error, 'operationInvalid')) throw error
      }
    }
    await readings.read(link)
  }
}

function idOf(ids: Readonly<Record<string, string>>): string {
  return ids.libvirtNetworkId ?? ''
}

import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { deleteHostSecrets } from '../host-secrets.ts'
import { decideKnown, hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Forgets a host with its secrets and its pinned key. Nothing is done on the host itself. */
export function createHostRemove({
  registry,
  inventory,
  revisions,
  wishes,
}: HostCommandDependencies): InstantHandler<'host.remove'> {
  return {
    name: 'host.remove',
    subject: hostSubject,
    validate: (model, { hostId }) => decideKnown(model, hostId),
    // Exclusive: what is at work on one of its VMs ends first.
    locks: (_model, { hostId }) => [exclusive('hosts'), exclusive(`host:${hostId}`)],
    execute: async ({ input }) => {
      const { hostId } = input
      const { definition, endpoint } = registry.get(hostId).state
      await inventory.transaction(async ({ hosts, secrets, edits }) => {
        await hosts.remove(hostId)
        await edits.removeAll(hostId)
        await deleteHostSecrets(secrets, hostId)
      })
      revisions.delete(hostId)
      wishes.forget(hostId)
      await registry.remove(hostId)
      const { address, port } = endpoint ?? { address: definition.address, port: definition.port ?? 22 }
      const sharesKey = registry.list().some(({ state }) => {
        const other = state.endpoint ?? { address: state.definition.address, port: state.definition.port ?? 22 }
        return other.address === address && other.port === port
      })
      if (definition.transport === 'ssh' && !sharesKey) await registry.knownHosts.forget(address, port)
      return {}
    },
  }
}

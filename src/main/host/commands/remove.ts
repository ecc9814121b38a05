import type { HostId } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import { exclusive, type OperationHandler } from '../../engine/index.ts'
import type { HostLinkState } from '../../hosts/index.ts'
import { decideRemove } from '../decide-host-life.ts'
import { deleteHostSecrets } from '../host-secrets.ts'
import { hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Forgets a host with its secrets and its pinned key. Nothing is done on the host itself. */
export function createHostRemove(dependencies: HostCommandDependencies): OperationHandler<'host.remove'> {
  const { registry } = dependencies
  return {
    name: 'host.remove',
    subject: hostSubject,
    validate: (model, { hostId }) => decideRemove(model, hostId),
    plan: (model, { hostId }) => ({
      // Exclusive: what is at work on one of its VMs ends first.
      locks: [exclusive('hosts'), exclusive(`host:${hostId}`)],
      touches: [hostSubject(model, { hostId })],
      steps: [{ action: 'forget', text: { key: 'forgetting', params: { host: hostSubject(model, { hostId }).name } } }],
    }),
    afterCrash: 'finish',
    steps: {
      forget: {
        run: async ({ input, signal }) => {
          await forget(dependencies, input.hostId, signal)
          return null
        },
        inspect: async ({ input }) => (registry.find(input.hostId) === null ? 'done' : 'absent'),
      },
    },
    output: () => ({}),
  }
}

async function forget(
  { registry, inventory, revisions, wishes }: HostCommandDependencies,
  hostId: HostId,
  signal: AbortSignal,
): Promise<void> {
  const { state } = registry.get(hostId)
  const knownAs = await fetchKnownName()
  await inventory.transaction(async ({ hosts, secrets, edits }) => {
    await hosts.remove(hostId)
    await edits.removeAll(hostId)
    await deleteHostSecrets(secrets, hostId)
  })
  revisions.delete(hostId)
  wishes.forget(hostId)
  await registry.remove(hostId)
  const sharesKey = registry.list().some((other) => {
    const name = knownNameOf(other.state)
    return name.address === knownAs.address && name.port === knownAs.port
  })
  if (state.definition.transport === 'ssh' && !sharesKey) {
    await registry.knownHosts.forget(knownAs.address, knownAs.port)
  }

  /** One that was not reached since the engine started may be called otherwise by the user's ssh_config. */
  async function fetchKnownName() {
    if (state.endpoint !== null || state.definition.transport === 'local') return knownNameOf(state)
    try {
      return await registry.fetchKnownName(state.definition, signal)
    } catch (error) {
      // An ssh_config that cannot be read must not keep a host in the inventory.
      if (!isAppError(error)) throw error
      return knownNameOf(state)
    }
  }
}

function knownNameOf({ endpoint, definition }: Pick<HostLinkState, 'endpoint' | 'definition'>) {
  return endpoint?.knownAs ?? { address: definition.address, port: definition.port ?? 22 }
}

import type { CommandOutput } from '../../../shared/contract/index.ts'
import { expandHostList, type NamedHost } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { InstantHandler, ModelSnapshot } from '../../engine/index.ts'
import { decideNotAdded } from '../rules.ts'
import { fetchSavedConnections, type SavedConnection } from '../virt-manager.ts'
import type { HostCommandDependencies } from './dependencies.ts'

type Output = CommandOutput<'host.candidates'>

/** Which hosts a person could add. Nothing is connected to. */
export function createHostCandidates({ registry }: HostCommandDependencies): InstantHandler<'host.candidates'> {
  return {
    name: 'host.candidates',
    subject: (_model, { source }) => ({ kind: 'system', id: source, name: source }),
    // What lies in the home folder of the engine's account is for those who manage that computer.
    authorize: (identity, { source }) =>
      source === 'list' || identity.permissions.has('host.server-files')
        ? null
        : new AppError('host.server-files-forbidden', { file: source, directives: source, hint: 'alias' }),
    validate: () => null,
    execute: async ({ input, model }) => {
      const { hosts, unread } = await fetchHosts(input)
      return { hosts: hosts.map((host) => toCandidate(host, model())), unread: [...unread] }
    },
  }

  async function fetchHosts({
    source,
    list = '',
  }: {
    readonly source: 'list' | 'ssh-config' | 'virt-manager'
    readonly list?: string | undefined
  }): Promise<{ readonly hosts: readonly SavedConnection[]; readonly unread: Output['unread'] }> {
    if (source === 'list') {
      const { hosts, problem } = expandHostList(list)
      const unread = problem === null ? [] : [{ what: problem.entry, reason: problem.reason }]
      return { hosts: hosts.map(toSystem), unread }
    }
    if (source === 'virt-manager') {
      const { connections, unread } = await fetchSavedConnections()
      return { hosts: connections, unread: [...unread] }
    }
    const names = await registry.fetchConfiguredHosts()
    if (names === null) return { hosts: [], unread: [{ what: '~/.ssh/config', reason: 'missing' }] }
    return { hosts: names.map((address) => toSystem({ address, user: null, port: null })), unread: [] }
  }
}

function toSystem(host: NamedHost): SavedConnection {
  return { ...host, libvirtMode: 'system' }
}

function toCandidate(host: SavedConnection, model: ModelSnapshot): Output['hosts'][number] {
  return { ...host, isAdded: decideNotAdded(model, { transport: 'ssh', ...host }) !== null }
}

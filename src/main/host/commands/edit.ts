import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { HostDefinition } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { CommandHandler } from '../../engine/index.ts'
import type { HostRoute } from '../../hosts/index.ts'
import { deferPins } from '../deferred-pins.ts'
import { fetchHostSecrets, saveHostSecrets } from '../host-secrets.ts'
import { decideKnown, decideNameFree, decideNotAdded, hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

type EditInput = ParsedInput<'host.edit'>

/**
 * Changes how a host is named or reached. A new key is only pinned when the host offers it and takes the credentials;
 * otherwise the change holds even when the host cannot be reached now.
 */
export function createHostEdit(dependencies: HostCommandDependencies): CommandHandler<'host.edit'> {
  const { registry, repository, secrets } = dependencies
  return {
    name: 'host.edit',
    subject: hostSubject,
    validate: (model, input) => {
      const host = model.hosts.get(input.hostId)
      if (host === undefined) return decideKnown(model, input.hostId)
      const { address, port } = { address: input.address ?? host.address, port: input.port ?? host.port }
      const moved = address !== host.address || port !== host.port
      const others = { ...model, hosts: new Map([...model.hosts].filter(([id]) => id !== host.id)) }
      const clash = moved ? decideNotAdded(others, { ...host, address, port }) : null
      return decideNameFree(model, input.name, input.hostId) ?? clash
    },
    timeoutMs: 5 * 60_000,
    auditParams: ({ address }) => (address === undefined ? {} : { address }),
    execute: async ({ input, model, signal }) => {
      const { hostId } = input
      const definition = decideDefinition(registry.get(hostId).definition, input)
      const given = { password: input.password, passphrase: input.passphrase }
      const stored = await fetchHostSecrets(secrets, hostId)
      const route = input.hostKey === undefined ? null : await tryNewKey(input.hostKey, definition)
      try {
        const record = (await repository.fetchAll()).find((host) => host.id === hostId)
        if (record === undefined) throw new AppError('host.not-found', { hostId })
        await repository.save({ ...record, ...definition })
        await saveHostSecrets(secrets, hostId, given)
      } catch (error) {
        await route?.close()
        throw error
      }
      const anew = input.password !== undefined || input.passphrase !== undefined
      try {
        await registry.update(definition, { route, anew })
      } catch (error) {
        // The host's own status says why it cannot be reached; the change was made.
        if (!isAppError(error)) throw error
      }
      return { hostId }

      async function tryNewKey(hostKey: string, wanted: HostDefinition): Promise<HostRoute> {
        const pins = deferPins(registry.knownHosts)
        const opened = await registry.openRoute(wanted, {
          secrets: async () => ({
            password: given.password ?? stored.password,
            passphrase: given.passphrase ?? stored.passphrase,
          }),
          knownHosts: pins.knownHosts,
          acceptFingerprint: hostKey,
          timeoutMs: model().settings.connectTimeoutMs,
          signal,
        })
        try {
          await pins.commit()
          return opened
        } catch (error) {
          await opened.close()
          throw error
        }
      }
    },
  }
}

/** The definition with what the input changes. Pure. */
export function decideDefinition(before: HostDefinition, input: EditInput): HostDefinition {
  const privateKeyPath = input.privateKeyPath === undefined ? before.privateKeyPath : input.privateKeyPath
  const authentication =
    input.password !== undefined
      ? 'password'
      : input.privateKeyPath === undefined
        ? before.authentication
        : privateKeyPath === null
          ? 'agent'
          : 'key'
  return {
    ...before,
    name: input.name ?? before.name,
    address: input.address ?? before.address,
    port: input.port ?? before.port,
    user: input.user ?? before.user,
    privateKeyPath,
    authentication,
  }
}

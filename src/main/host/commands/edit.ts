import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { Host, HostDefinition, HostId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import {
  decideEditConflict,
  EntityTable,
  exclusive,
  type InstantHandler,
  type ModelSnapshot,
} from '../../engine/index.ts'
import type { HostRoute, HostSecrets } from '../../hosts/index.ts'
import { decideChangedFields } from '../decide-changed-fields.ts'
import { commitPins, deferPins } from '../deferred-pins.ts'
import { deleteHostSecret, fetchHostSecrets, saveHostSecrets } from '../host-secrets.ts'
import { decideDefaultName, decideKnown, decideNameFree, decideNotAdded, hostSubject } from '../rules.ts'
import { decideKeyFile, fetchAliasRefusal } from '../server-files.ts'
import type { HostCommandDependencies } from './dependencies.ts'

type EditInput = ParsedInput<'host.edit'>

/**
 * Changes how a host is named or reached. A new key is only pinned when the host offers it and takes the credentials;
 * otherwise the change holds even when the host cannot be reached now.
 */
export function createHostEdit(dependencies: HostCommandDependencies): InstantHandler<'host.edit'> {
  const { registry, inventory, revisions, clock } = dependencies
  return {
    name: 'host.edit',
    subject: hostSubject,
    authorize: decideKeyFile,
    admit: async (identity, { hostId, ...input }, model) => {
      const host = model.hosts.get(hostId)
      const address = input.address ?? host?.address
      const user = input.user ?? host?.user
      // Whoever edits something else leaves what an administrator chose as it is.
      if (address === host?.address && user === host?.user) return null
      return fetchAliasRefusal(identity, { address, user }, registry)
    },
    validate: (model, input) => {
      const host = model.hosts.get(input.hostId)
      if (host === undefined) return decideKnown(model, input.hostId)
      const address = input.address ?? host.address
      const port = input.port === undefined ? host.port : input.port
      const moved = address !== host.address || port !== host.port
      const clash = moved ? decideNotAdded(withoutHost(model, host.id), { ...host, address, port }) : null
      return decideNameFree(model, input.name ?? undefined, input.hostId) ?? clash ?? decidePasswordKept(host, input)
    },
    locks: (_model, { hostId }) => [exclusive('hosts'), exclusive(`host:${hostId}`)],
    timeoutMs: 5 * 60_000,
    auditParams: ({ address }) => (address === undefined ? {} : { address }),
    execute: async ({ input, model, signal, identity }) => {
      const { hostId } = input
      await refuseStale(input)
      const name = input.name === null ? decideOwnName(model(), hostId) : input.name
      const before = registry.get(hostId).definition
      const definition = decideDefinition(before, { ...input, name })
      const allowed = input.allowCommands ?? []
      const given = { password: input.password, passphrase: input.passphrase }
      const spent = decideSpentSecrets(before, definition, input)
      const stored = omit(await fetchHostSecrets(inventory.secrets, hostId), spent)
      const route = input.hostKey === undefined ? null : await tryNewKey(input.hostKey, definition)
      try {
        const fields = decideChangedFields(before, definition, given)
        await inventory.transaction(async ({ hosts, secrets, edits, allowedCommands }) => {
          const record = (await hosts.fetchAll()).find((host) => host.id === hostId)
          if (record === undefined) throw new AppError('host.not-found', { hostId })
          const revision = record.revision + 1
          await hosts.save({ ...record, ...definition, revision })
          await edits.add({ entityId: hostId, revision, fields, user: identity.user, at: clock.now() })
          await saveHostSecrets(secrets, hostId, given)
          for (const kind of spent) await deleteHostSecret(secrets, hostId, kind)
          await allowedCommands.add(allowed, { user: identity.user, at: clock.now() })
        })
      } catch (error) {
        await route?.close()
        throw error
      }
      revisions.set(hostId, (revisions.get(hostId) ?? 1) + 1)
      for (const digest of allowed) dependencies.allowedCommands.add(digest)
      const anew = input.password !== undefined || input.passphrase !== undefined || allowed.length > 0
      try {
        await registry.update(definition, { route, anew })
      } catch (error) {
        // The host's own status says why it cannot be reached; the change was made.
        if (!isAppError(error)) throw error
      }
      return { hostId }

      async function refuseStale({ revision: base }: EditInput): Promise<void> {
        const current = revisions.get(hostId) ?? 1
        const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(hostId, base)
        const { name } = registry.get(hostId).definition
        const conflict = decideEditConflict('host.changed-meanwhile', name, { base, current }, since)
        if (conflict !== null) throw conflict
      }

      async function tryNewKey(hostKey: string, wanted: HostDefinition): Promise<HostRoute> {
        const { knownHosts, pins } = deferPins(registry.knownHosts)
        const opened = await registry.openRoute(wanted, {
          secrets: async () => ({
            password: given.password ?? stored.password,
            passphrase: given.passphrase ?? stored.passphrase,
          }),
          knownHosts,
          acceptFingerprint: hostKey,
          allowCommands: allowed,
          timeoutMs: model().settings.connectTimeoutMs,
          signal,
        })
        try {
          await commitPins(registry.knownHosts, pins)
          return opened
        } catch (error) {
          await opened.close()
          throw error
        }
      }
    },
  }
}

/** What a host is called when nobody gave it a name, as host.add decides; its address while it was never reached. Pure. */
export function decideOwnName(model: ModelSnapshot, hostId: HostId): string {
  const host = model.hosts.get(hostId)
  const address = host?.address ?? ''
  return decideDefaultName(withoutHost(model, hostId), host?.facts?.hostName || address)
}

function withoutHost(model: ModelSnapshot, hostId: HostId): ModelSnapshot {
  return { ...model, hosts: new EntityTable([...model.hosts].filter(([id]) => id !== hostId)) }
}

/**
 * Refuses to offer a stored password somewhere else than where it was given for: whoever may edit a host could have it
 * sent to a machine of theirs. Null: nothing is offered elsewhere. Pure.
 */
export function decidePasswordKept(
  host: Pick<Host, 'name' | 'authentication' | 'address' | 'port' | 'jumpHost'>,
  input: Pick<EditInput, 'password' | 'privateKeyPath' | 'address' | 'port' | 'jumpHost'>,
): AppError | null {
  if (host.authentication !== 'password' || input.password !== undefined || input.privateKeyPath !== undefined)
    return null
  const moved = (['address', 'port', 'jumpHost'] as const).some(
    (field) => input[field] !== undefined && input[field] !== host[field],
  )
  if (!moved) return null
  return new AppError('host.password-needed', { name: host.name }, { subject: host.name })
}

/** Which stored secrets have nothing to open any more: offered on, they would go to a host that nobody means them for. Pure. */
export function decideSpentSecrets(
  before: HostDefinition,
  after: HostDefinition,
  given: HostSecrets,
): readonly (keyof HostSecrets)[] {
  const spent: (keyof HostSecrets)[] = []
  if (before.authentication === 'password' && after.authentication !== 'password') spent.push('password')
  if (before.privateKeyPath !== after.privateKeyPath && given.passphrase === undefined) spent.push('passphrase')
  return spent
}

function omit(secrets: HostSecrets, spent: readonly (keyof HostSecrets)[]): HostSecrets {
  return Object.fromEntries(Object.entries(secrets).filter(([kind]) => !spent.some((each) => each === kind)))
}

/** The definition with what the input changes. Pure. */
export function decideDefinition(
  before: HostDefinition,
  input: Omit<EditInput, 'name'> & { readonly name?: string | undefined },
): HostDefinition {
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
    port: input.port === undefined ? before.port : input.port,
    user: input.user === undefined ? before.user : input.user,
    privateKeyPath,
    jumpHost: input.jumpHost === undefined ? before.jumpHost : input.jumpHost,
    storageManagerPriority: input.storageManagerPriority ?? before.storageManagerPriority,
    authentication,
  }
}

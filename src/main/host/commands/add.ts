import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import { hostCheckSchema } from '../../../shared/contract/index.ts'
import {
  type ClusterId,
  clusterIdSchema,
  type HostDefinition,
  type HostId,
  hostIdSchema,
} from '../../../shared/domain/index.ts'
import { decideTargetCluster, targetClusterIn } from '../../cluster/index.ts'
import { exclusive, inspectNothing, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import type { HostRoute } from '../../hosts/index.ts'
import { decideHostJoinsStorage } from '../../storage/index.ts'
import { arePinsCommitted, commitPins, deferPins, revokePins } from '../deferred-pins.ts'
import { examineHost } from '../examine-host.ts'
import { definitionFrom, secretsFrom, withOverride } from '../host-input.ts'
import { deleteHostSecrets, saveHostSecrets } from '../host-secrets.ts'
import { decideDefaultName, decideNameFree, decideNotAdded } from '../rules.ts'
import { decideKeyFile, fetchAliasRefusal } from '../server-files.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** How long the reply waits for the host's VMs to be there. */
const FIRST_LIST_MS = 60_000
const CHECK_TIMEOUT_MS = 3 * 60_000

/** What the checks found: later steps, also those of another run of the engine, work by it. */
const foundSchema = z.object({
  name: z.string(),
  clusterId: clusterIdSchema,
  machineUuid: z.string().nullable(),
  machineIdDigest: z.string().nullable(),
  checks: z.array(hostCheckSchema),
  pins: z.array(z.object({ address: z.string(), port: z.number(), keyType: z.string(), key: z.string().nullable() })),
})

type Context = StepContext<'host.add'>

/** Adds a host: tries it, pins its key, stores it and its secrets, connects. What fails leaves nothing behind. */
export function createHostAdd(dependencies: HostCommandDependencies): OperationHandler<'host.add'> {
  const { registry, inventory, clock } = dependencies
  return {
    name: 'host.add',
    subject: (_model, { address, name }, { host = address } = {}) => ({
      kind: 'host',
      id: host,
      name: name ?? address,
    }),
    authorize: decideKeyFile,
    admit: (identity, input) => fetchAliasRefusal(identity, withOverride(input), registry),
    validate: (model, given) => {
      const input = withOverride(given)
      const wanted = { ...input, port: input.port ?? null }
      return (
        decideTargetCluster(model, input.clusterId) ??
        decideHostJoinsStorage(model, targetClusterIn(model, input.clusterId), null) ??
        decideNameFree(model, input.name) ??
        decideNotAdded(model, wanted)
      )
    },
    auditParams: ({ address, transport }) => ({ address, transport }),
    ids: ['host'],
    plan: (model, { address, name, clusterId }, { host: hostId = '' }) => ({
      // Shared: the cluster is not removed meanwhile, and takes other hosts.
      locks: [exclusive('hosts'), shared(`cluster:${targetClusterIn(model, clusterId)}`)],
      touches: [{ kind: 'host', id: hostId, name: name ?? address }],
      steps: [
        { action: 'check', text: { key: 'checking', params: { address } }, weight: 4, cancellable: true },
        { action: 'pin', text: { key: 'pinning', params: { address } } },
        { action: 'store', text: { key: 'storing', params: { host: name ?? address } } },
        { action: 'connect', text: { key: 'connecting', params: { address } } },
      ],
    }),
    afterCrash: 'finish',
    steps: {
      check: {
        timeoutMs: CHECK_TIMEOUT_MS,
        run: (context) => checkHost(dependencies, context),
        undo: async ({ memory }) => {
          await (memory.get('route') as HostRoute | undefined)?.close()
        },
        inspect: inspectNothing,
      },
      pin: {
        run: async ({ results }) => {
          await commitPins(registry.knownHosts, foundIn(results).pins)
          return null
        },
        undo: ({ results }) => revokePins(registry.knownHosts, foundIn(results).pins),
        inspect: async ({ results }) =>
          (await arePinsCommitted(registry.knownHosts, foundIn(results).pins)) ? 'done' : 'absent',
      },
      store: {
        run: async (context) => {
          const found = foundIn(context.results)
          const definition = definitionIn(context)
          const allowed = context.input.allowCommands ?? []
          await inventory.transaction(async ({ hosts, secrets, allowedCommands }) => {
            await hosts.save({
              ...definition,
              addedAt: clock.now(),
              machineUuid: found.machineUuid,
              machineIdDigest: found.machineIdDigest,
              revision: 1,
            })
            await saveHostSecrets(secrets, definition.id, secretsFrom(context.input))
            await allowedCommands.add(allowed, { user: context.user, at: clock.now() })
          })
          // For all hosts, and also when this one is not added in the end: a person has given this word.
          for (const digest of allowed) dependencies.allowedCommands.add(digest)
          return null
        },
        undo: ({ ids }) =>
          inventory.transaction(async ({ hosts, secrets }) => {
            const hostId = hostIdIn(ids)
            await hosts.remove(hostId)
            await deleteHostSecrets(secrets, hostId)
          }),
        inspect: async ({ ids }) => {
          const stored = await inventory.hosts.fetchAll()
          return stored.some(({ id }) => id === ids.host) ? 'done' : 'absent'
        },
      },
      connect: {
        timeoutMs: FIRST_LIST_MS + 10_000,
        run: async (context) => {
          const { memory, signal, ids } = context
          const route = memory.get('route') as HostRoute | undefined
          const link = registry.find(hostIdIn(ids)) ?? registry.add(definitionIn(context), route)
          // The host was reached a moment ago; should its list take long all the same, it is added and goes on by itself.
          await link.whenLive(FIRST_LIST_MS, signal)
          return null
        },
        undo: ({ ids }) => registry.remove(hostIdIn(ids)),
        inspect: async ({ ids }) => (registry.find(hostIdIn(ids)) === null ? 'absent' : 'done'),
      },
    },
    output: ({ ids, results }) => ({ hostId: hostIdIn(ids), checks: foundIn(results).checks }),
  }
}

async function checkHost(dependencies: HostCommandDependencies, context: Context) {
  const { ids, model, signal, memory, say } = context
  const input = withOverride(context.input)
  const clusterId: ClusterId = targetClusterIn(model(), input.clusterId)
  const wanted = definitionFrom(input, { id: hostIdIn(ids), name: input.name ?? input.address, clusterId })
  const { knownHosts, pins } = deferPins(dependencies.registry.knownHosts)
  const secrets = secretsFrom(input)
  say('connecting', { address: wanted.address })
  const { outcome, checks, identity, route, refusal } = await examineHost(dependencies, wanted, {
    secrets: async () => secrets,
    knownHosts,
    acceptFingerprint: input.hostKey ?? input.hostKeys?.[input.address],
    allowCommands: input.allowCommands,
    refusesUnconfirmed: input.allowCommands === undefined,
    timeoutMs: model().settings.connectTimeoutMs,
    signal,
    onSignedIn: () => say('checking', { address: wanted.address }),
    model,
  })
  if (refusal !== null) throw refusal
  if (route === null || outcome.facts === null) throw new Error('a host without a failure has a route')
  memory.set('route', route)
  return {
    name: input.name ?? decideDefaultName(model(), outcome.facts.hostName),
    clusterId,
    machineUuid: identity.machineUuid,
    machineIdDigest: identity.machineIdDigest,
    checks,
    pins: [...pins],
  }
}

function foundIn(results: Readonly<Record<string, unknown>>): z.output<typeof foundSchema> {
  return foundSchema.parse(results.check)
}

function hostIdIn(ids: Readonly<Record<string, string>>): HostId {
  return hostIdSchema.parse(ids.host)
}

function definitionIn({
  input,
  ids,
  results,
}: {
  readonly input: ParsedInput<'host.add'>
  readonly ids: Readonly<Record<string, string>>
  readonly results: Readonly<Record<string, unknown>>
}): HostDefinition {
  const { name, clusterId } = foundIn(results)
  return definitionFrom(withOverride(input), { id: hostIdIn(ids), name, clusterId })
}

import { randomUUID } from 'node:crypto'
import { type HostDefinition, type HostFacts, type HostId, hostIdSchema } from '../../../shared/domain/index.ts'
import type { CommandHandler } from '../../engine/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { deferPins } from '../deferred-pins.ts'
import { decideChecks } from '../host-checks.ts'
import { definitionFrom, secretsFrom } from '../host-input.ts'
import { deleteHostSecrets, saveHostSecrets } from '../host-secrets.ts'
import { probeHost } from '../probe-host.ts'
import { decideDefaultName, decideNameFree, decideNotAdded, decideOtherMachine } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** How long the reply waits for the host's VMs to be there. */
const FIRST_LIST_MS = 60_000

/** Adds a host: tries it, pins its key, stores it and its secrets, connects. What fails leaves nothing behind. */
export function createHostAdd(dependencies: HostCommandDependencies): CommandHandler<'host.add'> {
  const { registry } = dependencies
  return {
    name: 'host.add',
    subject: (_model, input) => ({ kind: 'host', id: input.address, name: input.name ?? input.address }),
    validate: (model, input) => {
      const wanted = { ...input, port: input.port ?? null }
      return decideNameFree(model, input.name) ?? decideNotAdded(model, wanted)
    },
    steps: [
      { key: 'connecting', weight: 2, cancellable: true },
      { key: 'checking', weight: 2, cancellable: true },
      { key: 'storing', weight: 1, cancellable: false },
    ],
    timeoutMs: 5 * 60_000,
    auditParams: ({ address, transport }) => ({ address, transport }),
    execute: async ({ input, model, signal, steps }) => {
      const hostId = hostIdSchema.parse(randomUUID())
      const pins = deferPins(registry.knownHosts)
      const secrets = secretsFrom(input)
      const wanted = definitionFrom(input, hostId, input.name ?? input.address)
      steps.enter('connecting', { address: wanted.address })
      const { outcome, route } = await probeHost(registry, wanted, {
        secrets: async () => secrets,
        knownHosts: pins.knownHosts,
        acceptFingerprint: input.hostKey,
        timeoutMs: model().settings.connectTimeoutMs,
        signal,
        onSignedIn: () => steps.enter('checking', { address: wanted.address }),
      })
      if (outcome.error !== null) throw outcome.error
      if (route === null || outcome.facts === null) throw new Error('a host without a failure has a route')
      const undo: (() => Promise<unknown>)[] = [() => route.close()]
      try {
        const { facts } = outcome
        const twin = decideOtherMachine(model().hosts.values(), facts, wanted.libvirtMode)
        if (twin !== null) throw twin
        const definition = { ...wanted, name: input.name ?? decideDefaultName(model(), facts.hostName) }
        steps.enter('storing', { host: definition.name })
        await store(dependencies, definition, facts, undo, () => saveHostSecrets(dependencies.secrets, hostId, secrets))
        await pins.commit()
        const link = registry.add(definition, route)
        undo.push(() => registry.remove(hostId))
        await firstList(link, signal)
        return { hostId, checks: decideChecks(outcome) }
      } catch (error) {
        // Each for itself: one that fails must not keep the others from cleaning up, nor hide why the host was not added.
        await Promise.allSettled(undo.reverse().map((step) => step()))
        throw error
      }
    },
  }
}

async function store(
  { repository, secrets, clock }: HostCommandDependencies,
  definition: HostDefinition,
  facts: HostFacts,
  undo: (() => Promise<unknown>)[],
  saveSecrets: () => Promise<void>,
): Promise<void> {
  const id: HostId = definition.id
  undo.push(() => deleteHostSecrets(secrets, id))
  await saveSecrets()
  undo.push(() => repository.remove(id))
  await repository.save({ ...definition, addedAt: clock.now(), machineUuid: facts.uuid === '' ? null : facts.uuid })
}

/** The host was reached a moment ago; should its list take long all the same, the host is added and goes on by itself. */
async function firstList(link: HostLink, signal: AbortSignal): Promise<void> {
  await link.whenLive(FIRST_LIST_MS, signal)
}

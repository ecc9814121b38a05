import { randomUUID } from 'node:crypto'
import { hostIdSchema } from '../../../shared/domain/index.ts'
import { type AppError, isAppError } from '../../../shared/errors/index.ts'
import { decideTargetCluster, targetClusterIn } from '../../cluster/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { deferPins } from '../deferred-pins.ts'
import { findOtherMachine, identityOf } from '../find-other-machine.ts'
import { decideChecks } from '../host-checks.ts'
import { definitionFrom, secretsFrom } from '../host-input.ts'
import { probeHost } from '../probe-host.ts'
import { decideNotAdded } from '../rules.ts'
import { decideKeyFile, fetchAliasRefusal } from '../server-files.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Tries a host and stores nothing: its key, too, is only shown. */
export function createHostCheck({ registry, inventory }: HostCommandDependencies): InstantHandler<'host.check'> {
  return {
    name: 'host.check',
    subject: (_model, { address }) => ({ kind: 'host', id: address, name: address }),
    authorize: decideKeyFile,
    admit: (identity, input) => fetchAliasRefusal(identity, input, registry),
    validate: (model, input) =>
      decideTargetCluster(model, input.clusterId) ?? decideNotAdded(model, { ...input, port: input.port ?? null }),
    timeoutMs: 120_000,
    execute: async ({ input, model, signal }) => {
      const { outcome, route } = await probeHost(
        registry,
        definitionFrom(input, {
          id: hostIdSchema.parse(randomUUID()),
          name: input.address,
          clusterId: targetClusterIn(model(), input.clusterId),
        }),
        {
          secrets: async () => secretsFrom(input),
          knownHosts: deferPins(registry.knownHosts).knownHosts,
          acceptFingerprint: input.hostKey,
          timeoutMs: model().settings.connectTimeoutMs,
          signal,
        },
      )
      await route?.close()
      const twin = await findOtherMachine(inventory, model(), identityOf(outcome, input.libvirtMode))
      return {
        checks: decideChecks(outcome, twin),
        hostKey: outcome.hostKey ?? offeredKey(outcome.error),
      }
    },
  }
}

/** The key that a host offered and that was not taken. */
function offeredKey(error: AppError | null): { type: string; fingerprint: string } | null {
  if (isAppError(error, 'ssh.host-key-unknown') || isAppError(error, 'ssh.host-key-changed')) {
    return { type: error.params.keyType, fingerprint: error.params.fingerprint }
  }
  return null
}

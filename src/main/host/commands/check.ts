import { type AppError, isAppError, toWireError, type WireError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { addressOf, decideTarget, fetchTargetSecrets, findTarget, targetDefinition } from '../check-target.ts'
import { deferPins } from '../deferred-pins.ts'
import { examineHost } from '../examine-host.ts'
import { decideUnconfirmed, type ProbeOutcome } from '../host-checks.ts'
import { decideInstall } from '../install/decide-install-plan.ts'
import { decideKeyFile, fetchAliasRefusal } from '../server-files.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Tries a host and stores nothing: its key, too, is only shown. */
export function createHostCheck(dependencies: HostCommandDependencies): InstantHandler<'host.check'> {
  return {
    name: 'host.check',
    subject: (model, input) => {
      const host = findTarget(model, input)
      const address = addressOf(model, input)
      return { kind: 'host', id: host?.id ?? address, name: host?.name ?? address }
    },
    authorize: decideKeyFile,
    admit: (identity, input) => fetchAliasRefusal(identity, input, dependencies.registry),
    validate: decideTarget,
    timeoutMs: 120_000,
    execute: async ({ input, model, signal }) => {
      const { outcome, checks, route } = await examineHost(
        dependencies,
        targetDefinition(dependencies, model(), input),
        {
          secrets: () => fetchTargetSecrets(dependencies, input),
          knownHosts: deferPins(dependencies.registry.knownHosts).knownHosts,
          acceptFingerprint: input.hostKey,
          allowCommands: input.allowCommands,
          timeoutMs: model().settings.connectTimeoutMs,
          signal,
          model,
        },
      )
      await route?.close()
      return {
        checks,
        install: decideInstall(outcome.survey, outcome.error),
        hostKey: outcome.hostKey ?? offeredKey(outcome.error),
        unconfirmed: unconfirmedIn(outcome.configSkipped),
      }
    },
  }
}

function unconfirmedIn(skipped: ProbeOutcome['configSkipped']): WireError | null {
  const unconfirmed = decideUnconfirmed(skipped)
  return unconfirmed === null ? null : toWireError(unconfirmed)
}

/** The key that a host offered and that was not taken. */
function offeredKey(error: AppError | null): { type: string; fingerprint: string } | null {
  if (isAppError(error, 'ssh.host-key-unknown') || isAppError(error, 'ssh.host-key-changed')) {
    return { type: error.params.keyType, fingerprint: error.params.fingerprint }
  }
  return null
}

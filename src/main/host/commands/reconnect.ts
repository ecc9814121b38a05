import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { decideKnown, hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Drops the connection to a host and connects at once. Fails with the reason when that does not succeed. */
export function createHostReconnect({ registry }: HostCommandDependencies): InstantHandler<'host.reconnect'> {
  return {
    name: 'host.reconnect',
    subject: hostSubject,
    validate: (model, { hostId }) => decideKnown(model, hostId),
    // Not the host's own lock: what hangs on it must not keep a person from connecting anew.
    locks: (_model, { hostId }) => [exclusive(`host-link:${hostId}`)],
    timeoutMs: 180_000,
    execute: async ({ input }) => {
      await registry.get(input.hostId).reconnect()
      return {}
    },
  }
}

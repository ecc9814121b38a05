import type { CommandHandler } from '../../engine/index.ts'
import { decideKnown, hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Drops the connection to a host and connects at once. Fails with the reason when that does not succeed. */
export function createHostReconnect({ registry }: HostCommandDependencies): CommandHandler<'host.reconnect'> {
  return {
    name: 'host.reconnect',
    subject: hostSubject,
    validate: (model, { hostId }) => decideKnown(model, hostId),
    timeoutMs: 180_000,
    execute: async ({ input }) => {
      await registry.get(input.hostId).reconnect()
      return {}
    },
  }
}

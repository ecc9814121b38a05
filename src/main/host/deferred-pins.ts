import type { KnownHosts } from '../hosts/index.ts'

/** Known hosts to try a host with: what would be pinned is kept until it is certain. */
export interface DeferredPins {
  readonly knownHosts: KnownHosts
  /** Writes what was put off. Errors: ssh.known-hosts-unusable. */
  commit(): Promise<void>
}

/** Puts pins off, so that a host that is not added in the end leaves no trace. */
export function deferPins(real: KnownHosts): DeferredPins {
  const deferred: (() => Promise<unknown>)[] = []
  return {
    knownHosts: {
      check: (address, port, key) => real.check(address, port, key),
      knownTypes: (address, port) => real.knownTypes(address, port),
      pin: async (address, port, keyType, key) => {
        deferred.push(() => real.pin(address, port, keyType, key))
      },
      forget: async (address, port) => {
        deferred.push(() => real.forget(address, port))
        return true
      },
    },
    commit: async () => {
      for (const write of deferred.splice(0)) await write()
    },
  }
}

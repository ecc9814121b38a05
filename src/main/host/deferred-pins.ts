import type { KnownHosts } from '../hosts/index.ts'

/** A key that is going to be written down, or a host whose keys are going to be forgotten (null), as plain data. */
export interface DeferredPin {
  readonly address: string
  readonly port: number
  readonly keyType: string
  /** Base64, as in a known_hosts file; null: forget what is there. */
  readonly key: string | null
}

/** Known hosts to try a host with: what would be pinned is kept until it is certain. */
export interface DeferredPins {
  readonly knownHosts: KnownHosts
  readonly pins: readonly DeferredPin[]
}

/** Puts pins off, so that a host that is not added in the end leaves no trace. */
export function deferPins(real: KnownHosts): DeferredPins {
  const pins: DeferredPin[] = []
  return {
    pins,
    knownHosts: {
      ...real,
      pin: async (address, port, keyType, key) => {
        pins.push({ address, port, keyType, key: key.toString('base64') })
      },
      forget: async (address, port) => {
        pins.push({ address, port, keyType: '', key: null })
        return true
      },
    },
  }
}

/** Writes what was put off. Can be repeated. Errors: ssh.known-hosts-unusable. */
export async function commitPins(real: KnownHosts, pins: readonly DeferredPin[]): Promise<void> {
  for (const { address, port, keyType, key } of pins) {
    if (key === null) await real.forget(address, port)
    else {
      const blob = Buffer.from(key, 'base64')
      if (!(await real.isPinned(address, port, blob))) await real.pin(address, port, keyType, blob)
    }
  }
}

/** Takes back what was written. Can be repeated. Errors: ssh.known-hosts-unusable. */
export async function revokePins(real: KnownHosts, pins: readonly DeferredPin[]): Promise<void> {
  for (const { address, port, key } of pins) if (key !== null) await real.forget(address, port)
}

/** Are all of them written? Errors: ssh.known-hosts-unusable. */
export async function arePinsCommitted(real: KnownHosts, pins: readonly DeferredPin[]): Promise<boolean> {
  for (const { address, port, key } of pins) {
    if (key !== null && !(await real.isPinned(address, port, Buffer.from(key, 'base64')))) return false
  }
  return true
}

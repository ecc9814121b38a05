import type { Settings } from '../../shared/domain/index.ts'
import type { KeepaliveSettings } from '../libvirt/index.ts'
import type { GracePolicy } from './decide-reach-status.ts'

/** Time as the links see it; the engine's clock fits. */
export interface LinkClock {
  /** Milliseconds since the epoch: for stamps only, it can be set. */
  now(): number
  /** Milliseconds that have passed since some moment: for durations and limits. Never goes back. */
  monotonicMs(): number
  after(delayMs: number, action: () => void): () => void
}

/** What a person can set about links, read anew whenever it is needed. */
export type LinkSettings = GracePolicy & Pick<Settings, 'connectTimeoutMs' | 'recheckNonOperationalMs'>

/** How the links say what went wrong without anybody asking; the engine's log fits. */
export interface LinkLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  /** A bug of ours. */
  error(fields: object, message: string): void
}

/** Time limits that differ only in tests. */
export interface LinkTiming {
  readonly keepalive: KeepaliveSettings
  /** How often a host is looked over for what it sends no event for, milliseconds. */
  readonly lookMs: number
  /** How long a session for bulk data stays when nothing goes over it. */
  readonly bulkIdleMs: number
  /** Milliseconds until the attempt after `failures` that failed (1 is the first); null: not by itself. */
  readonly decidePauseMs: (failures: number, hopeless: boolean) => number | null
}

/** The computer's own clock and timers. */
export const systemLinkClock: LinkClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs)
    return () => clearTimeout(timer)
  },
}

function discard(): void {
  // For those who want no log.
}

/** A log that goes nowhere. */
export const silentLinkLog: LinkLog = { info: discard, warn: discard, error: discard }

/** What a host is asked with when it is connected; fetched anew each time and never kept. */
export interface HostSecrets {
  readonly password?: string | undefined
  readonly passphrase?: string | undefined
}

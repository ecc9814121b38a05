import type { Domain } from '../../libvirt/index.ts'
import { DaemonError } from '../../libvirt/server/index.ts'
import { type DomainDefinition, parseDomain } from '../../xml/index.ts'
import { seedOf, type Wave, waveOf } from '../wave.ts'
import type { StoredDefinition } from './definition-text.ts'

/** `virDomainState`. */
export const STATE = { running: 1, paused: 3, shutdown: 4, shutOff: 5 } as const
/** The reasons of `virDomainRunningReason`, `virDomainPausedReason` and `virDomainShutoffReason` that occur here. */
export const REASON = {
  running: { booted: 1, migrated: 2, restored: 3, unpaused: 5, migrationCanceled: 6 },
  paused: { user: 1, migration: 2, startingUp: 11 },
  shutOff: { unknown: 0, shutdown: 1, destroyed: 2, migrated: 4, saved: 5 },
} as const

/** What a running machine has that a defined one has not. */
export interface LiveMachine {
  readonly id: number
  readonly xml: string
  readonly vncPort: number
  /** By the monotonic clock. */
  readonly startedMs: number
  /** Keys that its screen shows, the last ones pressed. */
  readonly keys: string[]
}

/** A migration as `virDomainGetJobStats` tells of it. */
export interface MachineJob {
  readonly totalBytes: number
  readonly startedMs: number
  remainingBytes: number
  isCompleted: boolean
}

/** One domain of one simulated host. */
export class SimulatedMachine {
  definition: StoredDefinition
  /** What runs, or null. */
  live: LiveMachine | null = null
  state: number = STATE.shutOff
  reason: number = REASON.shutOff.unknown
  isPersistent = true
  autostart = false
  hasManagedSave = false
  job: MachineJob | null = null
  /** How often its balloon is asked, seconds. */
  readonly cpuLoad: Wave
  readonly diskLoad: Wave
  readonly networkLoad: Wave
  #parsed: { readonly xml: string; readonly definition: DomainDefinition } | null = null

  constructor(definition: StoredDefinition) {
    this.definition = definition
    const seed = seedOf(definition.uuid)
    this.cpuLoad = waveOf(seed, 0.15 + 0.7 * ((seed % 101) / 101))
    this.diskLoad = waveOf(seed ^ 0x5bd1_e995)
    this.networkLoad = waveOf(seed ^ 0x1b87_3593)
  }

  get uuid(): string {
    return this.definition.uuid
  }

  get isActive(): boolean {
    return this.live !== null
  }

  /** As the protocol names a domain. */
  get reference(): Domain {
    return { name: this.definition.name, uuid: this.uuid, id: this.live?.id ?? -1 }
  }

  /** What its definition says: of what runs, where it runs. */
  get parsed(): DomainDefinition {
    const xml = this.live?.xml ?? this.definition.xml
    if (this.#parsed?.xml !== xml) this.#parsed = { xml, definition: parseDomain(xml) }
    return this.#parsed.definition
  }

  setState(state: number, reason: number): void {
    this.state = state
    this.reason = reason
  }

  /** What runs. Throws as libvirt refuses what only a running domain can do. */
  requireLive(): LiveMachine {
    if (this.live === null)
      throw new DaemonError('operationInvalid', 'Requested operation is not valid: domain is not running')
    return this.live
  }
}

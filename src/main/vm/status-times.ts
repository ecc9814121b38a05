import type { HostId, VmId, VmStatus } from '../../shared/domain/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { VmStatusesRepository, VmStatusRecord } from '../inventory/index.ts'
import { decideStatusTime, decideWithStart, type SeenStatus } from './decide-status-time.ts'

/** Changes come in bursts; the first of them waits this long for the others. */
const SAVE_MS = 2_000
/** After a failure. */
const RETRY_MS = 60_000

export interface StatusTimesOptions {
  readonly hosts: HostRegistry
  /** What an earlier run of the engine knew. */
  readonly known: readonly VmStatusRecord[]
  /** Null: nothing is stored (for tests). */
  readonly store: Pick<VmStatusesRepository, 'save'> | null
  readonly clock: Clock
  readonly log: Log
}

/** Remembers since when each VM is in its status, across lost hosts and restarts of the engine. */
export class StatusTimes {
  readonly #options: StatusTimesOptions
  readonly #times: Map<VmId, VmStatusRecord>
  /** VMs that something may have happened to while nobody looked. */
  readonly #unwatched: Set<VmId>
  readonly #unsaved = new Set<VmId>()
  /** Stamped by the clock of this run, and so off when that is set. */
  readonly #stamped = new Set<VmId>()
  #cancelTimer: (() => void) | null = null
  #saving: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: StatusTimesOptions) {
    this.#options = options
    this.#times = new Map(options.known.map((record) => [record.vmId, record]))
    this.#unwatched = new Set(this.#times.keys())
  }

  /** Its host cannot be asked now. */
  lose(vmId: VmId): void {
    this.#unwatched.add(vmId)
  }

  /** What its host last told, in this run of the engine or an earlier one; null: it never did. */
  statusOf(vmId: VmId): VmStatus | null {
    return this.#times.get(vmId)?.status ?? null
  }

  /** Its host tells this status now. */
  see(seen: SeenStatus): VmStatusRecord {
    const { vmId } = seen
    const watched = !this.#unwatched.delete(vmId)
    const before = this.#times.get(vmId)
    return this.#keep(before, decideStatusTime(before, seen, { now: this.#options.clock.now(), watched }))
  }

  /** Its host told how long the guest's process has been running. True when that says more than was known. */
  learnAge(vmId: VmId, reason: string, ageMs: number): boolean {
    const before = this.#times.get(vmId)
    if (before === undefined || before.domainId === null) return false
    const now = this.#options.clock.now()
    return this.#keep(before, decideWithStart(before, reason, { startedAt: now - ageMs, now })) !== before
  }

  /** The host's whole list is known: what was stored of VMs that it has no more is forgotten, unless another host has them. */
  prune(hostId: HostId, exists: (vmId: VmId) => boolean): void {
    for (const record of this.#times.values()) {
      if (record.hostId === hostId && !exists(record.vmId)) this.forget(record.vmId)
    }
  }

  /** The wall's clock was set by so much, milliseconds. */
  shiftStamps(deltaMs: number): void {
    for (const vmId of this.#stamped) {
      const before = this.#times.get(vmId)
      if (before !== undefined) this.#keep(before, { ...before, since: before.since + deltaMs })
    }
  }

  forget(vmId: VmId): void {
    this.#stamped.delete(vmId)
    this.#unwatched.delete(vmId)
    if (this.#times.delete(vmId)) this.#saveSoon(vmId)
  }

  /** Writes what is not stored yet. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer?.()
    this.#cancelTimer = null
    await this.#saving
    await this.#save()
  }

  #keep(before: VmStatusRecord | undefined, record: VmStatusRecord): VmStatusRecord {
    const { vmId, hostId, status, domainId, since, exact } = record
    const same =
      before?.hostId === hostId &&
      before.status === status &&
      before.domainId === domainId &&
      before.since === since &&
      before.exact === exact
    if (same) return before
    this.#times.set(vmId, record)
    if (before?.since !== since) this.#stamped.add(vmId)
    this.#saveSoon(vmId)
    return record
  }

  #saveSoon(vmId: VmId, delayMs: number = SAVE_MS): void {
    if (this.#options.store === null || this.#stopped) return
    this.#unsaved.add(vmId)
    this.#cancelTimer ??= this.#options.clock.after(delayMs, () => {
      this.#cancelTimer = null
      this.#saving = this.#saving.then(() => this.#save())
    })
  }

  async #save(): Promise<void> {
    const { store, hosts, log } = this.#options
    const vmIds = [...this.#unsaved]
    this.#unsaved.clear()
    const records = vmIds.flatMap((vmId) => this.#times.get(vmId) ?? [])
    // A host that was removed meanwhile has taken its VMs with it.
    const saved = records.filter(({ hostId }) => hosts.find(hostId) !== null)
    const removed = vmIds.filter((vmId) => !this.#times.has(vmId))
    try {
      await store?.save(saved, removed)
    } catch (error) {
      log.warn({ err: error, vms: vmIds.length }, 'statuses could not be kept')
      for (const vmId of vmIds) this.#saveSoon(vmId, RETRY_MS)
    }
  }
}

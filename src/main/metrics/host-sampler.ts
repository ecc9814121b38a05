import {
  type HostId,
  type HostSample,
  QUIET_STATS_INTERVAL_MS,
  STATS_INTERVAL_MS,
  type VmId,
  type VmSample,
} from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import { type HostRegistry, isLibvirtError, type LibvirtConnection, typedParametersToObject } from '../hosts/index.ts'
import { readCounters, type VmCounters } from './counters.ts'
import { followReports, GUEST_REPORT_PERIOD_SECONDS, type GuestReports } from './decide-memory.ts'
import { decideHostSample, decideVmSample, type HostCounters } from './decide-sample.ts'
import { type CounterShape, fetchCounterShape, fetchHostCounters } from './fetch-host-counters.ts'
import { ReportPeriods, type UnaskedGuest } from './report-periods.ts'

/** `virDomainStatsTypes`: state, CPU, balloon, vCPUs, network, block. */
const STATISTICS = 1 | 2 | 4 | 8 | 16 | 32
/** `VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE`, and `_NOWAIT`: a hung machine gives less instead of holding everybody up. */
const ACTIVE = 1
const NOWAIT = 1 << 29
const READ_TIMEOUT_MS = 15_000
/** The second reading comes early, so that rates are there soon after the first. */
const FIRST_INTERVAL_MS = 1_000

/** What one reading of a host brought. */
export interface HostReading {
  readonly hostId: HostId
  readonly vms: ReadonlyMap<VmId, VmSample>
  readonly host: HostSample | null
}

export interface HostSamplerOptions {
  readonly hostId: HostId
  readonly hosts: HostRegistry
  readonly clock: Clock
  readonly log: Log
  readonly onReading: (reading: HostReading) => void
}

/** What is remembered of a running VM from one reading to the next. */
interface Known {
  readonly counters: VmCounters
  readonly reports: GuestReports
}

/**
 * Reads the statistics of one host until `stop`: one call for all its VMs, and the host's own. Every five seconds while
 * somebody looks, else every fifteen.
 */
export class HostSampler {
  readonly #options: HostSamplerOptions
  readonly #periods: ReportPeriods
  #vmsBefore: ReadonlyMap<VmId, Known> = new Map()
  #hostBefore: HostCounters | null = null
  #shape: { readonly connection: LibvirtConnection; readonly shape: CounterShape | null } | null = null
  #isWatched = false
  #isReading = false
  /** When the latest reading that brought something began, by the monotonic clock. */
  #readMs: number | null = null
  /** The next one is to come early: there are no rates yet. */
  #isFirst = false
  #cancelTimer: () => void = () => undefined
  #stopped = false

  constructor(options: HostSamplerOptions) {
    this.#options = options
    this.#periods = new ReportPeriods(options.log)
  }

  /** Reads soon: the host has just come, or come back. */
  start(): void {
    if (!this.#isReading) this.#tickAfter(FIRST_INTERVAL_MS)
  }

  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
  }

  /** Whether somebody looks. When they begin to, what is older than they would be shown is read again at once. */
  setWatched(isWatched: boolean): void {
    if (this.#isWatched === isWatched) return
    this.#isWatched = isWatched
    if (this.#isReading) return
    const ageMs = this.#readMs === null ? Number.POSITIVE_INFINITY : this.#options.clock.monotonicMs() - this.#readMs
    this.#tickAfter(Math.max(0, this.#intervalMs() - ageMs))
  }

  #intervalMs(): number {
    if (this.#isFirst) return FIRST_INTERVAL_MS
    return this.#isWatched ? STATS_INTERVAL_MS : QUIET_STATS_INTERVAL_MS
  }

  #tickAfter(delayMs: number): void {
    this.#cancelTimer()
    if (this.#stopped) return
    // At once is in this very turn: whoever begins to look waits for it.
    if (delayMs === 0) void this.#tick()
    else this.#cancelTimer = this.#options.clock.after(delayMs, () => void this.#tick())
  }

  async #tick(): Promise<void> {
    const { clock, log, hostId } = this.#options
    const begunMs = clock.monotonicMs()
    this.#isReading = true
    try {
      await this.#read(begunMs)
    } catch (error) {
      this.#forget()
      // A bug in one reading must not be the end of all that follow.
      if (isAppError(error)) log.debug({ hostId, code: error.code }, 'statistics could not be read')
      else log.error({ err: error, hostId }, 'reading statistics failed by a bug')
    }
    this.#isReading = false
    const spentMs = clock.monotonicMs() - begunMs
    this.#tickAfter(Math.max(FIRST_INTERVAL_MS, this.#intervalMs() - spentMs))
  }

  /** No rate is made across a gap: the host or its machines may have begun anew meanwhile. */
  #forget(): void {
    this.#vmsBefore = new Map()
    this.#hostBefore = null
    this.#readMs = null
    this.#isFirst = false
  }

  async #read(begunMs: number): Promise<void> {
    const { hostId, hosts, clock } = this.#options
    const link = hosts.find(hostId)
    if (link === null || !link.isLive) {
      this.#forget()
      return
    }
    const connection = link.control()
    const [{ retStats }, host] = await Promise.all([
      connection.call(
        'CONNECT_GET_ALL_DOMAIN_STATS',
        { doms: [], stats: STATISTICS, flags: ACTIVE | NOWAIT },
        { timeoutMs: READ_TIMEOUT_MS },
      ),
      this.#readHost(connection),
    ])
    if (this.#stopped) return
    const at = clock.now()
    const atMs = clock.monotonicMs()
    const known = new Map<VmId, Known>()
    const vms = new Map<VmId, VmSample>()
    const unasked: UnaskedGuest[] = []
    let sharedKiB = 0
    for (const { dom, params } of retStats) {
      const vmId = dom.uuid as VmId
      const definition = link.domains.get(vmId)?.definition
      const before = this.#vmsBefore.get(vmId)
      const counters = readCounters(typedParametersToObject(params), atMs)
      const isAsked = this.#periods.isSet(vmId, dom.id)
      const periodSeconds = definition?.balloonPeriodSeconds || (isAsked ? GUEST_REPORT_PERIOD_SECONDS : 0)
      const reports = followReports(before?.reports ?? null, counters, periodSeconds)
      known.set(vmId, { counters, reports })
      vms.set(vmId, decideVmSample(before?.counters ?? null, counters, reports, at))
      if (definition?.balloonPeriodSeconds === 0 && !isAsked && counters.guestReportedAt !== null) {
        unasked.push({ vmId, name: dom.name, domainId: dom.id })
      }
      if (definition?.sharesMemory === true) {
        sharedKiB += Math.min(counters.residentKiB ?? 0, counters.memoryTotalKiB)
      }
    }
    const hostSample = host === null ? null : decideHostSample(this.#hostBefore, host, [...vms.values()], sharedKiB, at)
    this.#isFirst = this.#readMs === null
    this.#readMs = begunMs
    this.#vmsBefore = known
    this.#hostBefore = host
    this.#periods.keepOnly(known)
    if (unasked.length > 0) void this.#periods.set(link, unasked)
    this.#options.onReading({ hostId, vms, host: hostSample })
  }

  /** Null where the host's driver has no such counters. */
  async #readHost(connection: LibvirtConnection): Promise<HostCounters | null> {
    if (this.#shape?.connection !== connection) {
      this.#shape = { connection, shape: await nullIfRefused(fetchCounterShape(connection)) }
    }
    const { shape } = this.#shape
    if (shape === null) return null
    return nullIfRefused(fetchHostCounters(connection, shape, () => this.#options.clock.monotonicMs()))
  }
}

async function nullIfRefused<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (isLibvirtError(error)) return null
    throw error
  }
}

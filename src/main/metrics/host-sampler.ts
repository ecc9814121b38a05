import { type HostId, type HostSample, STATS_INTERVAL_MS, type VmId, type VmSample } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import { type HostRegistry, isLibvirtError, type LibvirtConnection, typedParametersToObject } from '../hosts/index.ts'
import { readCounters, type VmCounters } from './counters.ts'
import { decideHostSample, decideVmSample, type HostCounters } from './decide-sample.ts'
import { type CounterShape, fetchCounterShape, fetchHostCounters } from './fetch-host-counters.ts'

/** `virDomainStatsTypes`: state, CPU, balloon, vCPUs, network, block. */
const STATISTICS = 1 | 2 | 4 | 8 | 16 | 32
/** `VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE`, and `_NOWAIT`: a hung machine gives less instead of holding everybody up. */
const ACTIVE = 1
const NOWAIT = 1 << 29
const READ_TIMEOUT_MS = 15_000
/** The second reading comes early, so that rates are there soon after somebody begins to look. */
const FIRST_INTERVAL_MS = 1_000

/** What one reading of a host brought. */
export interface HostReading {
  readonly hostId: HostId
  readonly vms: ReadonlyMap<VmId, { readonly sample: VmSample; readonly counters: VmCounters }>
  readonly host: HostSample | null
}

export interface HostSamplerOptions {
  readonly hostId: HostId
  readonly hosts: HostRegistry
  readonly clock: Clock
  readonly log: Log
  readonly onReading: (reading: HostReading) => void
}

/** Reads the statistics of one host every five seconds: one call for all its VMs, and the host's own. Runs until `stop`. */
export class HostSampler {
  readonly #options: HostSamplerOptions
  #vmsBefore: ReadonlyMap<VmId, VmCounters> = new Map()
  #hostBefore: HostCounters | null = null
  #shape: { readonly connection: LibvirtConnection; readonly shape: CounterShape | null } | null = null
  #readings = 0
  #cancelTimer: () => void = () => undefined
  #stopped = false

  constructor(options: HostSamplerOptions) {
    this.#options = options
  }

  start(): void {
    void this.#tick()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
  }

  async #tick(): Promise<void> {
    const begun = this.#options.clock.now()
    try {
      await this.#read()
    } catch (error) {
      this.#forget()
      const { log, hostId } = this.#options
      // A bug in one reading must not be the end of all that follow.
      if (isAppError(error)) log.debug({ hostId, code: error.code }, 'statistics could not be read')
      else log.error({ err: error, hostId }, 'reading statistics failed by a bug')
    }
    if (this.#stopped) return
    this.#readings += 1
    const intervalMs = this.#readings === 1 ? FIRST_INTERVAL_MS : STATS_INTERVAL_MS
    const spentMs = this.#options.clock.now() - begun
    this.#cancelTimer = this.#options.clock.after(
      Math.max(FIRST_INTERVAL_MS, intervalMs - spentMs),
      () => void this.#tick(),
    )
  }

  /** No rate is made across a gap: the host or its machines may have begun anew meanwhile. */
  #forget(): void {
    this.#vmsBefore = new Map()
    this.#hostBefore = null
  }

  async #read(): Promise<void> {
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
    const counters = new Map(
      retStats.map(({ dom, params }) => [dom.uuid as VmId, readCounters(typedParametersToObject(params), at)] as const),
    )
    const vms = new Map(
      [...counters].map(([vmId, now]) => {
        const sample = decideVmSample(this.#vmsBefore.get(vmId) ?? null, now)
        return [vmId, { sample, counters: now }] as const
      }),
    )
    const hostSample =
      host === null
        ? null
        : decideHostSample(
            this.#hostBefore,
            host,
            [...vms.values()].map(({ sample }) => sample),
          )
    this.#vmsBefore = counters
    this.#hostBefore = host
    this.#options.onReading({ hostId, vms, host: hostSample })
  }

  /** Null where the host's driver has no such counters. */
  async #readHost(connection: LibvirtConnection): Promise<HostCounters | null> {
    if (this.#shape?.connection !== connection) {
      this.#shape = { connection, shape: await nullIfRefused(fetchCounterShape(connection)) }
    }
    const { shape } = this.#shape
    if (shape === null) return null
    return nullIfRefused(fetchHostCounters(connection, shape, () => this.#options.clock.now()))
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

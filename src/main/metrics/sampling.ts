import type { HostId, HostSample, VmId, VmSample } from '../../shared/domain/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import type { HostChange, HostRegistry } from '../hosts/index.ts'
import { type HostReading, HostSampler } from './host-sampler.ts'
import { SampleHistory } from './sample-history.ts'

export interface SamplingOptions {
  readonly hosts: HostRegistry
  /** Where a VM is taken to be: while it migrates, two hosts have it. */
  readonly hostOf: (vmId: VmId) => HostId | null
  /** Told each sample of a host, whether somebody looks or not. */
  readonly onHostSample: (hostId: HostId, sample: HostSample) => void
  readonly clock: Clock
  readonly log: Log
}

interface Sampled {
  readonly sampler: HostSampler
  readonly listeners: Set<(reading: HostReading) => void>
  readonly host: SampleHistory
  readonly vms: Map<VmId, SampleHistory>
  /** The newest, for whoever comes between two. */
  latest: HostReading | null
  isLive: boolean
}

/**
 * Reads the statistics of all hosts and keeps those of the last ten minutes, so that a plot has its past when somebody
 * opens it. What is kept of a VM goes with its last host, or once it has not run for ten minutes.
 */
export class Sampling {
  readonly #options: SamplingOptions
  readonly #sampled = new Map<HostId, Sampled>()
  readonly #stopListening: () => void

  constructor(options: SamplingOptions) {
    this.#options = options
    this.#stopListening = options.hosts.onChange((change) => this.#onChange(change))
    for (const link of options.hosts.list()) this.#begin(link.id)
  }

  /** Calls back with every reading of a host, the latest at once. Returns how to stop looking. */
  watch(hostId: HostId, listener: (reading: HostReading) => void): () => void {
    const sampled = this.#sampled.get(hostId)
    if (sampled === undefined) return () => undefined
    sampled.listeners.add(listener)
    if (sampled.latest !== null) listener(sampled.latest)
    sampled.sampler.setWatched(true)
    return () => {
      sampled.listeners.delete(listener)
      sampled.sampler.setWatched(sampled.listeners.size > 0)
    }
  }

  /** Of the last ten minutes, oldest first. */
  hostSamples(hostId: HostId): HostSample[] {
    return this.#sampled.get(hostId)?.host.hostSamples(this.#options.clock) ?? []
  }

  /** Of the last ten minutes, oldest first; of a VM that moved also from where it was. */
  vmSamples(vmId: VmId): VmSample[] {
    const { clock } = this.#options
    const samples = [...this.#sampled.values()].flatMap(({ vms }) => vms.get(vmId)?.vmSamples(clock) ?? [])
    return samples.sort((a, b) => a.elapsedMs - b.elapsedMs)
  }

  stop(): void {
    this.#stopListening()
    for (const { sampler } of this.#sampled.values()) sampler.stop()
  }

  #onChange({ kind, hostId }: HostChange): void {
    if (kind === 'added') this.#begin(hostId)
    const sampled = this.#sampled.get(hostId)
    if (sampled === undefined) return
    if (kind === 'removed') {
      sampled.sampler.stop()
      this.#sampled.delete(hostId)
    } else if (kind === 'state') {
      const wasLive = sampled.isLive
      sampled.isLive = this.#options.hosts.find(hostId)?.isLive === true
      if (sampled.isLive && !wasLive) sampled.sampler.start()
    }
  }

  #begin(hostId: HostId): void {
    if (this.#sampled.has(hostId)) return
    const sampler = new HostSampler({
      hostId,
      hosts: this.#options.hosts,
      clock: this.#options.clock,
      log: this.#options.log,
      onReading: (reading) => this.#take(sampled, reading),
    })
    const sampled: Sampled = {
      sampler,
      listeners: new Set(),
      host: new SampleHistory(),
      vms: new Map(),
      latest: null,
      isLive: this.#options.hosts.find(hostId)?.isLive === true,
    }
    this.#sampled.set(hostId, sampled)
    sampler.start()
  }

  #take(sampled: Sampled, reading: HostReading): void {
    sampled.latest = reading
    const { hostId } = reading
    if (reading.host !== null) {
      sampled.host.add(reading.host)
      this.#options.onHostSample(hostId, reading.host)
    }
    for (const [vmId, sample] of reading.vms) {
      if (this.#options.hostOf(vmId) !== hostId) continue
      const history = sampled.vms.get(vmId) ?? new SampleHistory()
      sampled.vms.set(vmId, history)
      history.add(sample)
    }
    const domains = this.#options.hosts.find(hostId)?.domains
    for (const [vmId, history] of sampled.vms) {
      if (history.isOver(this.#options.clock.monotonicMs()) || domains?.has(vmId) !== true) sampled.vms.delete(vmId)
    }
    for (const listener of [...sampled.listeners]) {
      try {
        listener(reading)
      } catch (error) {
        this.#options.log.error({ err: error, hostId }, 'somebody who looks at statistics threw')
      }
    }
  }
}

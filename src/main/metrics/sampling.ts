import type { HostId } from '../../shared/domain/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import { type HostReading, HostSampler } from './host-sampler.ts'

export interface SamplingOptions {
  readonly hosts: HostRegistry
  readonly clock: Clock
  readonly log: Log
}

interface Shared {
  readonly sampler: HostSampler
  readonly listeners: Set<(reading: HostReading) => void>
  /** The newest, for whoever comes while others are looking already. */
  latest: HostReading | null
}

/** Shares one sampler a host among all who look at anything there; with the last of them it stops. */
export class Sampling {
  readonly #options: SamplingOptions
  readonly #shared = new Map<HostId, Shared>()

  constructor(options: SamplingOptions) {
    this.#options = options
  }

  /** Calls back with every reading of a host, the latest at once unless the host is away. Returns how to stop looking. */
  watch(hostId: HostId, listener: (reading: HostReading) => void): () => void {
    const shared = this.#shared.get(hostId) ?? this.#begin(hostId)
    shared.listeners.add(listener)
    if (shared.latest !== null && this.#options.hosts.find(hostId)?.isLive === true) listener(shared.latest)
    return () => {
      shared.listeners.delete(listener)
      if (shared.listeners.size > 0) return
      shared.sampler.stop()
      if (this.#shared.get(hostId) === shared) this.#shared.delete(hostId)
    }
  }

  /** Calls back with every reading of every host, also of those that come later. Returns how to stop looking. */
  watchAll(listener: (reading: HostReading) => void): () => void {
    const stops = new Map<HostId, () => void>()
    const watch = (hostId: HostId) => {
      if (!stops.has(hostId)) stops.set(hostId, this.watch(hostId, listener))
    }
    for (const link of this.#options.hosts.list()) watch(link.id)
    const stopListening = this.#options.hosts.onChange(({ kind, hostId }) => {
      if (kind === 'added') watch(hostId)
      if (kind !== 'removed') return
      stops.get(hostId)?.()
      stops.delete(hostId)
    })
    return () => {
      stopListening()
      for (const stop of stops.values()) stop()
    }
  }

  #begin(hostId: HostId): Shared {
    const listeners = new Set<(reading: HostReading) => void>()
    const sampler = new HostSampler({
      ...this.#options,
      hostId,
      onReading: (reading) => {
        shared.latest = reading
        for (const listener of [...listeners]) {
          try {
            listener(reading)
          } catch (error) {
            this.#options.log.error({ err: error, hostId }, 'a listener to statistics threw')
          }
        }
      },
    })
    const shared: Shared = { sampler, listeners, latest: null }
    this.#shared.set(hostId, shared)
    sampler.start()
    return shared
  }
}

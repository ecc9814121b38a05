import {
  type HostSample,
  type MemorySource,
  STATS_INTERVAL_MS,
  STATS_KEPT_MS,
  type VmSample,
} from '../../shared/domain/index.ts'
import type { Clock } from '../engine/index.ts'

/** Points that ten minutes can have. */
const CAPACITY_LIMIT = STATS_KEPT_MS / STATS_INTERVAL_MS
const FIRST_CAPACITY = 8

/** One number a point and field; null is NaN. Sources by their place in {@link SOURCES}. */
const FIELDS = [
  'cpuPercent',
  'memoryUsedKiB',
  'memoryTotalKiB',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'networkReceiveBytesPerSecond',
  'networkTransmitBytesPerSecond',
] as const satisfies readonly (keyof HostSample)[]
const WIDTH = FIELDS.length + 1
const SOURCES: readonly MemorySource[] = [null, 'guest', 'host']

type HistoryClock = Pick<Clock, 'now' | 'monotonicMs'>

/**
 * The points of one machine or host over the last ten minutes. Kept as bare numbers, because there is one of these for each
 * running machine: some 3 kB while nobody looks, at most 5 kB.
 */
export class SampleHistory {
  /** By the monotonic clock. */
  #times = new Float64Array(FIRST_CAPACITY)
  #values = new Float32Array(FIRST_CAPACITY * WIDTH)
  /** Where the oldest point is, and how many there are. */
  #start = 0
  #count = 0

  /** Takes a point in, later than all that are there, and lets those go that are too old for it. */
  add(sample: HostSample & Partial<Pick<VmSample, 'memorySource'>>): void {
    while (this.#count > 0 && this.#timeAt(0) <= sample.elapsedMs - STATS_KEPT_MS) this.#dropOldest()
    if (this.#count === this.#times.length) {
      if (this.#count < CAPACITY_LIMIT) this.#grow()
      else this.#dropOldest()
    }
    const slot = this.#slotOf(this.#count)
    this.#times[slot] = sample.elapsedMs
    this.#values.set(FIELDS.map((field) => sample[field] ?? Number.NaN).concat(sourceIndex(sample)), slot * WIDTH)
    this.#count += 1
  }

  /** Whether even the newest point is too old by now (of the monotonic clock). */
  isOver(nowMs: number): boolean {
    return this.#count === 0 || this.#timeAt(this.#count - 1) <= nowMs - STATS_KEPT_MS
  }

  /** Oldest first. Their stamps are those of the clock as it is set now, however it was set when they came. */
  vmSamples(clock: HistoryClock): VmSample[] {
    const offsetMs = clock.now() - clock.monotonicMs()
    return Array.from({ length: this.#count }, (_unused, index) => ({
      ...this.#sampleAt(index, offsetMs),
      memorySource: SOURCES[this.#values[this.#slotOf(index) * WIDTH + FIELDS.length] ?? 0] ?? null,
    }))
  }

  /** Oldest first, stamped in the same way. */
  hostSamples(clock: HistoryClock): HostSample[] {
    const offsetMs = clock.now() - clock.monotonicMs()
    return Array.from({ length: this.#count }, (_unused, index) => this.#sampleAt(index, offsetMs))
  }

  #sampleAt(index: number, offsetMs: number): HostSample {
    const elapsedMs = this.#timeAt(index)
    const from = this.#slotOf(index) * WIDTH
    const value = (field: (typeof FIELDS)[number]) => {
      const stored = this.#values[from + FIELDS.indexOf(field)] ?? Number.NaN
      return Number.isNaN(stored) ? null : Math.round(stored * 10) / 10
    }
    return {
      id: String(elapsedMs),
      at: Math.round(elapsedMs + offsetMs),
      elapsedMs,
      cpuPercent: value('cpuPercent'),
      memoryUsedKiB: value('memoryUsedKiB'),
      memoryTotalKiB: value('memoryTotalKiB') ?? 0,
      diskReadBytesPerSecond: value('diskReadBytesPerSecond'),
      diskWriteBytesPerSecond: value('diskWriteBytesPerSecond'),
      networkReceiveBytesPerSecond: value('networkReceiveBytesPerSecond'),
      networkTransmitBytesPerSecond: value('networkTransmitBytesPerSecond'),
    }
  }

  #slotOf(index: number): number {
    return (this.#start + index) % this.#times.length
  }

  #timeAt(index: number): number {
    return this.#times[this.#slotOf(index)] ?? 0
  }

  #dropOldest(): void {
    this.#start = this.#slotOf(1)
    this.#count -= 1
  }

  #grow(): void {
    const capacity = Math.min(CAPACITY_LIMIT, this.#times.length * 2)
    const times = new Float64Array(capacity)
    const values = new Float32Array(capacity * WIDTH)
    for (let index = 0; index < this.#count; index += 1) {
      const slot = this.#slotOf(index)
      times[index] = this.#times[slot] ?? 0
      values.set(this.#values.subarray(slot * WIDTH, (slot + 1) * WIDTH), index * WIDTH)
    }
    this.#times = times
    this.#values = values
    this.#start = 0
  }
}

function sourceIndex({ memorySource = null }: Partial<Pick<VmSample, 'memorySource'>>): number {
  return SOURCES.indexOf(memorySource)
}

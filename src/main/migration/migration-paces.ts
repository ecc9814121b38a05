import type { HostId } from '../../shared/domain/index.ts'

const PAIRS_LIMIT = 1_000

/** How fast memory went between two hosts the last time, by libvirt's own account of the job. Kept as long as the engine runs. */
export class MigrationPaces {
  readonly #byPair = new Map<string, number>()

  /** Of one whose bandwidth was limited nothing is kept: that says nothing of the line. */
  keep(sourceId: HostId, destinationId: HostId, mibPerSecond: number): void {
    if (mibPerSecond <= 0) return
    const pair = `${sourceId} ${destinationId}`
    this.#byPair.delete(pair)
    this.#byPair.set(pair, mibPerSecond)
    const [oldest] = this.#byPair.keys()
    if (this.#byPair.size > PAIRS_LIMIT && oldest !== undefined) this.#byPair.delete(oldest)
  }

  /** MiB per second; null: none went there yet. */
  between(sourceId: HostId, destinationId: HostId): number | null {
    return this.#byPair.get(`${sourceId} ${destinationId}`) ?? null
  }
}

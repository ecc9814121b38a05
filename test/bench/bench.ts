/** One row of the table that `npm run bench` prints. */
export interface BenchResult {
  readonly name: string
  /** Of `ours` and `peer`: `calls/s`, `ms`, … */
  readonly unit: string
  readonly ours: number
  readonly peer: number | null
  /** Ours against the peer's, as the target means it; by rounds, see `alternate`. */
  readonly ratio: number | null
  /** As it is written in the README: `≥ 1.5 ×`, `≤ 100 ms`. */
  readonly target: string
  readonly met: boolean
}

/** A measurement; sets up and takes down what it needs by itself. */
export type Bench = () => Promise<readonly BenchResult[]>

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** How long `work` takes, in milliseconds. */
export async function measureMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Times of the same work, milliseconds. `oursToPeer` is not their ratio, but the median of each round's. */
export interface Compared {
  readonly ours: number
  readonly peer: number
  readonly oursToPeer: number
}

/**
 * Measures both in turns, so that whatever else the machine does hits both; the first round of each is not counted.
 * Returns the medians. They are compared round by round: a machine that changes its pace between rounds makes the two
 * medians of different moments, and their ratio varied by twice as much.
 */
export async function alternate(
  rounds: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<Compared> {
  const times = { ours: [] as number[], peer: [] as number[], oursToPeer: [] as number[] }
  for (let round = 0; round <= rounds; round += 1) {
    const oursMs = await ours()
    const peerMs = await peer()
    if (round === 0) continue
    times.ours.push(oursMs)
    times.peer.push(peerMs)
    times.oursToPeer.push(oursMs / peerMs)
  }
  return { ours: median(times.ours), peer: median(times.peer), oursToPeer: median(times.oursToPeer) }
}

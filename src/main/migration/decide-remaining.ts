/** How long it still takes, seconds, by what libvirt says of a job under way; null: nothing moves, or it does not end by itself. Pure. */
export function decideRemaining(job: {
  readonly remainingBytes: number
  readonly bytesPerSecond: number
  readonly dirtyBytesPerSecond: number
}): number | null {
  const gainedPerSecond = job.bytesPerSecond - job.dirtyBytesPerSecond
  return gainedPerSecond > 0 ? Math.ceil(job.remainingBytes / gainedPerSecond) : null
}

/** A quantity that goes up and down for ever, and what it has summed up to: the total never goes back while the rate is not negative. */
export interface Wave {
  /** Per second, at so many seconds. Between 0 and 1. */
  rate(seconds: number): number
  /** The sum of the rate from second 0 on. */
  total(seconds: number): number
}

/** FNV-1a, so that the same text moves in the same way each time. Pure. */
export function seedOf(text: string): number {
  let hash = 0x811c_9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193)
  }
  return hash >>> 0
}

/**
 * Two sine waves of different lengths over a base, chosen by the seed; `peak` is the most that it comes to. The total is its integral in
 * closed form, so that nothing has to be kept. Pure.
 */
export function waveOf(seed: number, peak = 1): Wave {
  const part = (shift: number, span: number) => ((seed >>> shift) % span) / span
  const base = peak * (0.1 + 0.2 * part(0, 97))
  const swing = (peak - base) / 2
  const waves = [
    { weight: 0.7, angular: (2 * Math.PI) / (40 + 110 * part(7, 89)), phase: 6.28 * part(3, 83) },
    { weight: 0.3, angular: (2 * Math.PI) / (9 + 12 * part(11, 79)), phase: 6.28 * part(13, 73) },
  ]
  return {
    rate: (seconds) =>
      waves.reduce(
        (sum, { weight, angular, phase }) => sum + swing * weight * (1 + Math.sin(angular * seconds + phase)),
        base,
      ),
    total: (seconds) =>
      waves.reduce(
        (sum, { weight, angular, phase }) =>
          sum + swing * weight * (seconds + (Math.cos(phase) - Math.cos(angular * seconds + phase)) / angular),
        base * seconds,
      ),
  }
}

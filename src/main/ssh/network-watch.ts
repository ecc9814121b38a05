import { networkInterfaces } from 'node:os'

type Interfaces = ReturnType<typeof networkInterfaces>

/** The machine's addresses other than loopback and link-local, as one comparable text; '' without a network. */
export function describeNetwork(interfaces: Interfaces): string {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address)
    .sort()
    .join(' ')
}

/**
 * Calls back when the machine got other addresses than before: the network came back, or another one. Looking costs
 * some 50 µs; the timer keeps no process alive. Returns how to stop.
 */
export function watchNetwork(
  onChange: () => void,
  intervalMs = 2_000,
  fetchInterfaces: () => Interfaces = networkInterfaces,
): () => void {
  let before = describeNetwork(fetchInterfaces())
  const timer = setInterval(() => {
    const now = describeNetwork(fetchInterfaces())
    const changed = now !== before
    before = now
    if (changed && now !== '') onChange()
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}

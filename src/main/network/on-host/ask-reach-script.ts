import { shellQuote } from '../../hosts/index.ts'

/** What came of asking for an address. `small-only`: packets of the network's whole MTU do not get there. */
export type Reach = 'reached' | 'small-only' | 'silent'

/** An address that is asked for out of one interface. */
export interface ReachTarget {
  readonly address: string
  /** Bytes; the largest packet that has to get there in one piece. */
  readonly mtu: number
}

/** So many are asked at once. */
const AT_ONCE = 32
/** Of IP and ICMP: 20 + 8 bytes, and 40 + 8. */
const HEADERS_V4 = 28
const HEADERS_V6 = 48

/**
 * A script, to be run as root, that asks for addresses by echo requests out of one interface alone, whatever the routes say, and prints
 * `reach=<index> full|small`. ping(8) asks for the whole MTU first, with "do not fragment"; BusyBox' cannot forbid that.
 */
export function askReachScript(interfaceName: string, targets: readonly ReachTarget[]): string {
  const device = shellQuote(interfaceName)
  const lines = targets.flatMap(({ address, mtu }, index) => {
    const isV6 = address.includes(':')
    const size = Math.max(56, mtu - (isV6 ? HEADERS_V6 : HEADERS_V4))
    const line = `ask ${index} ${isV6 ? '-6' : '-4'} ${shellQuote(address)} ${size} &`
    return (index + 1) % AT_ONCE === 0 ? [line, 'wait'] : [line]
  })
  return [
    'if command -v ping >/dev/null 2>&1; then whole="ping -M do"; small=ping; else whole="busybox ping"; small="busybox ping"; fi',
    `ask() { if $whole $2 -I ${device} -c 2 -W 2 -s "$4" "$3" >/dev/null 2>&1; then echo "reach=$1 full"; elif $small $2 -I ${device} -c 2 -W 2 "$3" >/dev/null 2>&1; then echo "reach=$1 small"; fi; }`,
    ...lines,
    'wait',
    'exit 0',
  ].join('\n')
}

/** What came of each target, by its index. Pure. */
export function parseReach(output: string, count: number): readonly Reach[] {
  const found = new Map(
    [...output.matchAll(/^reach=(\d{1,4}) (full|small)$/gm)].map(([, index, how]) => [Number(index), how] as const),
  )
  return Array.from({ length: count }, (_, index) => {
    const how = found.get(index)
    return how === undefined ? 'silent' : how === 'full' ? 'reached' : 'small-only'
  })
}

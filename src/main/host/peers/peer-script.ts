/** libvirt's own ports for migrations (`migration_port_min` and `_max` of qemu.conf). */
export const MIGRATION_PORTS = { first: 49_152, last: 49_215 } as const

/** How long a port may take to answer. */
const ANSWER_SECONDS = 3
/** A script that asks another host takes as long, with room for a busy host to start 64 programs. */
export const PEER_TIMEOUT_MS = 30_000
export const PEER_OUTPUT_BYTES = 64 * 1024

/**
 * How a port answered. `refused`: with a reset, as a port does that nobody listens on (or a firewall that answers so itself);
 * `unreachable`: the network, or a firewall, said that there is no way; `silent`: nothing came back.
 */
export type PortAnswer = 'open' | 'refused' | 'unreachable' | 'silent'

/** What one host says of another. */
export interface PeerFinding {
  /** What the name leads to there; null: to nothing, or to that host itself. */
  readonly resolvesTo: string | null
  /** Null: it has nothing to try them with. */
  readonly ports: ReadonlyMap<number, PortAnswer> | null
}

/** A name or an address may be written into a script as it is. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$/.test(name)
}

/**
 * A POSIX shell script that looks up another host's name and tries its migration ports. It starts nothing on either host: a port that is
 * closed answers all the same, unless something on the way swallows the packets. Both names are plain (`isPlainName`).
 */
export function buildPeerScript({ name, address }: { readonly name: string; readonly address: string }): string {
  if (!isPlainName(name) || !isPlainName(address)) throw new Error('a name that is not plain')
  const { first, last } = MIGRATION_PORTS
  return [
    'LC_ALL=C; export LC_ALL',
    `a=$(timeout 5 getent ahosts ${name} 2>/dev/null | awk '{print $1; exit}')`,
    'echo "resolves=$a"',
    `case "$a" in ""|127.*|::1) a=${address};; esac`,
    'if ! command -v bash >/dev/null || ! command -v timeout >/dev/null; then exit 0; fi',
    'echo "ports=tried"',
    `p=${first}; while [ $p -le ${last} ]; do (${probeLine}) & p=$((p + 1)); done; wait`,
    'exit 0',
  ].join('; ')
}

const probeLine = [
  `e=$(timeout ${ANSWER_SECONDS} bash -c 'exec 3<>/dev/tcp/$0/$1' "$a" $p 2>&1)`,
  'c=$?',
  'case "$c:$e" in 0:*) w=open;; 124:*) w=silent;; *refused*) w=refused;; *) w=unreachable;; esac',
  'echo "port=$p $w"',
].join('; ')

/** Reads what the script printed. Pure. */
export function parsePeerFinding(output: string): PeerFinding {
  const lines = output.split('\n').slice(0, 200)
  const address = lines.find((line) => line.startsWith('resolves='))?.slice('resolves='.length) ?? ''
  const isUsable = /^[0-9a-fA-F.:%\w]{2,64}$/.test(address) && !/^(127\.|::1$)/.test(address)
  const ports = new Map<number, PortAnswer>()
  for (const line of lines) {
    const [, port, answer] = /^port=(\d{5}) (open|refused|unreachable|silent)$/.exec(line) ?? []
    if (port !== undefined) ports.set(Number(port), answer as PortAnswer)
  }
  return { resolvesTo: isUsable ? address : null, ports: lines.includes('ports=tried') ? ports : null }
}

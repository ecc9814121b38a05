import { AppError } from '../../shared/errors/index.ts'
import { buildScript, parseScriptOutput, shellQuote } from './shell-output.ts'

type RefusedHint = 'forwarding-forbidden' | 'socket-missing' | 'permission-denied' | 'connection-refused' | 'unknown'

/** Why a socket could not be forwarded, and the group that may open it when permission is what lacks. */
export interface SocketDiagnosis {
  readonly hint: RefusedHint
  readonly group: string
}

/**
 * A POSIX shell script that looks at a unix socket as the signed-in user sees it. sshd says "open failed" for every
 * cause, so the cause has to be looked for: the folders on the way, the socket, its rights, and whether anybody listens.
 * Prints one line: `state group`.
 */
export function buildSocketProbe(path: string): string {
  const lines = [
    `p=${shellQuote(path)}`,
    // The group of a file, without relying on GNU's or BSD's stat alone.
    `g() { ls -ldL "$1" 2>/dev/null | awk '{print $4; exit}'; }`,
    `d=\${p%/*}; while [ -n "$d" ]; do if [ -d "$d" ] && [ ! -x "$d" ]; then echo "denied $(g "$d")"; exit 0; fi; d=\${d%/*}; done`,
    `if [ ! -S "$p" ]; then echo "missing -"; exit 0; fi`,
    `if [ ! -w "$p" ] || [ ! -r "$p" ]; then echo "denied $(g "$p")"; exit 0; fi`,
    `if [ ! -r /proc/net/unix ]; then echo "open -"; exit 0; fi`,
    // Field 4 has the flag of a listening socket; the path is the one that the server bound, perhaps through a link.
    `r=$(readlink -f "$p" 2>/dev/null || echo "$p")`,
    `if awk -v a="$p" -v b="$r" '$4 == "00010000" && ($8 == a || $8 == b) { found = 1 } END { exit !found }' /proc/net/unix; then echo "listening -"; else echo "dead -"; fi`,
  ]
  return buildScript(lines.join('; '))
}

/** Reads what the probe printed. Anything unexpected is `unknown`. */
export function parseSocketProbe(output: string): SocketDiagnosis {
  const [, state = '', group = ''] = /^(\w+) (\S*)\s*$/m.exec(parseScriptOutput(output).slice(0, 1_000)) ?? []
  const hints: Readonly<Record<string, RefusedHint>> = {
    denied: 'permission-denied',
    missing: 'socket-missing',
    dead: 'connection-refused',
    listening: 'forwarding-forbidden',
  }
  const hint = hints[state] ?? 'unknown'
  return { hint, group: hint === 'permission-denied' && /^[\w.@+-]+$/.test(group) && group !== '-' ? group : '' }
}

/** The error for a socket that could not be reached. */
export function refusedError(target: string, diagnosis: SocketDiagnosis, cause: unknown): AppError {
  return new AppError('ssh.forward-refused', { target, ...diagnosis }, { cause })
}

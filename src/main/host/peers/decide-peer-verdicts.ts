import { AppError } from '../../../shared/errors/index.ts'
import type { Verdict } from '../survey/index.ts'
import { MIGRATION_PORTS, type PeerFinding } from './peer-script.ts'

/** What `from` says of `to`, both by name. */
export interface PeerLook extends PeerFinding {
  readonly from: string
  readonly to: string
}

/** Whether the hosts of a cluster know each other by name: a migration goes to the name that its destination has. Pure. */
export function decideNames(looks: readonly PeerLook[]): Verdict | null {
  if (looks.length === 0) return null
  const lost = looks.filter(({ resolvesTo }) => resolvesTo === null)
  const [first] = lost
  if (first === undefined) {
    return { warning: null, detail: looks.map(({ to, resolvesTo }) => `${to} → ${resolvesTo}`).join(' · ') }
  }
  const asked = lost.filter(({ to }) => to === first.to).map(({ from }) => from)
  return {
    warning: new AppError('host.name-unresolvable', { name: first.to, hosts: asked.join(', ') }),
    detail: null,
  }
}

/**
 * Whether migrations will find their ports. A port that refuses is one that is reached: nobody listens before a migration. What is
 * swallowed on the way, or told to be unreachable, is behind a firewall. Pure.
 */
export function decideMigrationPorts(looks: readonly PeerLook[]): Verdict | null {
  const tried = looks.flatMap(({ from, to, ports }) =>
    ports === null || ports.size === 0 ? [] : [{ from, to, ports }],
  )
  if (tried.length === 0) return null
  for (const { from, to, ports } of tried) {
    const shut = [...ports].filter(([, answer]) => answer === 'silent' || answer === 'unreachable')
    if (shut.length === 0) continue
    // Hosts send such words once a second only: among many ports that are refused so, most are silent.
    const hint = shut.some(([, answer]) => answer === 'unreachable') ? 'unreachable' : 'silent'
    const params = { from, to, ports: toRanges(shut.map(([port]) => port)), hint } as const
    return { warning: new AppError('host.migration-ports-blocked', params), detail: null }
  }
  const { first, last } = MIGRATION_PORTS
  const all = last - first + 1
  return {
    warning: null,
    detail: tried.map(({ from, to, ports }) => `${from} → ${to}: ${ports.size}/${all}`).join(' · '),
  }
}

/** "49152-49160, 49170". Pure. */
export function toRanges(ports: readonly number[]): string {
  const ranges: { first: number; last: number }[] = []
  for (const port of ports.toSorted((left, right) => left - right)) {
    const last = ranges.at(-1)
    if (last !== undefined && port === last.last + 1) last.last = port
    else ranges.push({ first: port, last: port })
  }
  const shown = ranges.slice(0, 5).map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return ranges.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ')
}

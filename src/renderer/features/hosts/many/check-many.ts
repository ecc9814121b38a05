import type { CommandInput, CommandOutput, HostCheck, Result } from '../../../../shared/contract/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import type { EngineClient } from '../../../stores/index.ts'
import { askedDigests, UNCONFIRMED } from '../asked-digests.ts'
import { type OfferedKey, offeredKey } from '../offered-key.ts'
import type { NamedCandidate } from './many-form.ts'

/** Checks under way at once: each signs in to a host, and the engine has other work too. */
const AT_ONCE = 6

/** How a host stands that is to be added. */
export type HostVerdict =
  | { readonly kind: 'waiting' | 'checking' }
  /** Its key is new or another one: a person compares it. */
  | { readonly kind: 'key'; readonly offered: OfferedKey }
  | { readonly kind: 'ready'; readonly warnings: number }
  | { readonly kind: 'failed'; readonly error: WireError; readonly canInstall: boolean }

/** A host of the list, with what is known of it so far. */
export interface ListedHost {
  readonly candidate: NamedCandidate
  readonly verdict: HostVerdict
  readonly checks: readonly HostCheck[]
  /** The key that it showed last. */
  readonly shown: { readonly type: string; readonly fingerprint: string } | null
  /** The fingerprint that a person confirmed here. */
  readonly confirmed: string | null
  /** Asks about commands of ssh_config that were not run for it. */
  readonly unconfirmed: WireError | null
  readonly isLeftOut: boolean
}

export function listHost(candidate: NamedCandidate): ListedHost {
  return {
    candidate,
    verdict: { kind: 'waiting' },
    checks: [],
    shown: null,
    confirmed: null,
    unconfirmed: null,
    isLeftOut: false,
  }
}

/** A host with what its check has brought. Pure. */
export function withResult(host: ListedHost, result: Result<CommandOutput<'host.check'>>): ListedHost {
  if (!result.ok) return { ...host, ...judge(result.error, false), checks: [], unconfirmed: null }
  const { checks, hostKey, unconfirmed, install } = result.value
  const shown = hostKey ?? host.shown
  const error = checks.find(({ outcome }) => outcome === 'failed')?.error ?? null
  if (error !== null) return { ...host, shown, ...judge(error, install !== null), checks, unconfirmed }
  const warnings = checks.filter(({ outcome }) => outcome === 'warning').length
  return { ...host, shown, verdict: { kind: 'ready', warnings }, checks, unconfirmed }
}

function judge(error: WireError, canInstall: boolean): Pick<ListedHost, 'verdict'> & Partial<ListedHost> {
  const offered = offeredKey(error)
  if (offered === null) return { verdict: { kind: 'failed', error, canInstall } }
  const shown = { type: offered.keyType, fingerprint: offered.fingerprint }
  return { verdict: { kind: 'key', offered }, shown }
}

/** How many hosts stand how; those that are left out are counted as that alone. */
export interface Tally {
  readonly ready: number
  readonly keys: number
  readonly failed: number
  readonly unchecked: number
  readonly leftOut: number
}

/** Pure. */
export function tally(hosts: readonly ListedHost[]): Tally {
  const counts = { ready: 0, keys: 0, failed: 0, unchecked: 0, leftOut: 0 }
  for (const { verdict, isLeftOut } of hosts) {
    if (isLeftOut) counts.leftOut += 1
    else if (verdict.kind === 'ready') counts.ready += 1
    else if (verdict.kind === 'key') counts.keys += 1
    else if (verdict.kind === 'failed') counts.failed += 1
    else counts.unchecked += 1
  }
  return counts
}

/** What stands in the way of going on from the verdicts, as a key of the catalogs; null: nothing. Pure. */
export function decideObstacle({
  hosts,
  isRunning,
}: {
  readonly hosts: readonly ListedHost[]
  readonly isRunning: boolean
}): 'running' | 'unsettled' | 'nobody' | null {
  const { ready, keys, failed, unchecked } = tally(hosts)
  if (isRunning) return 'running'
  if (keys > 0 || failed > 0 || unchecked > 0) return 'unsettled'
  return ready === 0 ? 'nobody' : null
}

/** Those that will be added. Pure. */
export function toBeAdded(hosts: readonly ListedHost[]): readonly ListedHost[] {
  return hosts.filter(({ verdict, isLeftOut }) => verdict.kind === 'ready' && !isLeftOut)
}

/** Whether a host shows a new key that is one of these. A changed key is compared by itself. Pure. */
export function matches({ verdict }: ListedHost, known: ReadonlySet<string>): boolean {
  return verdict.kind === 'key' && verdict.offered.expected === null && known.has(verdict.offered.fingerprint)
}

/** Another host of the list that shows the same key, which mostly is the same machine; null: none. Pure. */
export function findSameKey(hosts: readonly ListedHost[], { candidate, shown }: ListedHost): string | null {
  if (shown === null) return null
  const other = hosts.find(
    (host) => host.candidate.address !== candidate.address && host.shown?.fingerprint === shown.fingerprint,
  )
  return other?.candidate.address ?? null
}

/** One question about all commands of ssh_config that were not run; null: there are none. Pure. */
export function mergeUnconfirmed(hosts: readonly ListedHost[]): WireError | null {
  const asked = hosts.flatMap(({ unconfirmed, isLeftOut }) =>
    unconfirmed === null || unconfirmed.code !== UNCONFIRMED || isLeftOut ? [] : [unconfirmed],
  )
  const [first] = asked
  if (first === undefined) return null
  const commands = new Map<string, string>()
  for (const error of asked) {
    const texts = String(error.params.commands).split('\n')
    // A command has no line break: ssh_config has one on each line.
    askedDigests(error).forEach((digest, index) => {
      commands.set(digest, texts[index] ?? '')
    })
  }
  const params = { commands: [...commands.values()].join('\n'), digests: [...commands.keys()].join(',') }
  return { ...first, params: { ...first.params, ...params } }
}

/** Checks hosts, so many at once. Never rejects; what is aborted is told of no more. Resolves when all have ended. */
export async function checkMany(
  client: Pick<EngineClient, 'call'>,
  hosts: readonly ListedHost[],
  tools: {
    readonly inputOf: (host: ListedHost) => CommandInput<'host.check'>
    readonly signal: AbortSignal
    readonly onBegin: (address: string) => void
    readonly onResult: (address: string, result: Result<CommandOutput<'host.check'>>) => void
  },
): Promise<void> {
  const { inputOf, signal, onBegin, onResult } = tools
  const line = [...hosts]
  const work = async (): Promise<void> => {
    for (let host = line.shift(); host !== undefined && !signal.aborted; host = line.shift()) {
      const { address } = host.candidate
      onBegin(address)
      const result = await client.call('host.check', inputOf(host), { signal })
      if (!signal.aborted) onResult(address, result)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

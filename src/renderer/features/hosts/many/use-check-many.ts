import { useEffect, useRef, useState } from 'react'
import type { CommandInput, CommandOutput, Result } from '../../../../shared/contract/index.ts'
import { useEngineClient } from '../../../stores/index.ts'
import { checkMany, type ListedHost, listHost, matches, withResult } from './check-many.ts'
import type { NamedCandidate } from './many-form.ts'

type InputOf = (host: ListedHost) => CommandInput<'host.check'>

/** The hosts of the list and their checks. What is checked can be stopped; closing the dialog does so too. */
export interface ManyChecks {
  readonly hosts: readonly ListedHost[]
  readonly isRunning: boolean
  /** Checks these anew. Keys that were confirmed, and who is left out, hold on for hosts that were there before. */
  readonly begin: (candidates: readonly NamedCandidate[], inputOf: InputOf) => void
  /** Checks those again that are not ready. */
  readonly again: (inputOf: InputOf) => void
  readonly stop: () => void
  readonly leaveOut: (addresses: readonly string[], isLeftOut: boolean) => void
  /** Takes the keys that these hosts show for theirs, and checks them again. */
  readonly confirm: (addresses: readonly string[], inputOf: InputOf) => void
  /** The same for all whose new key is one of these. Returns how many. */
  readonly confirmMatching: (known: ReadonlySet<string>, inputOf: InputOf) => number
}

export function useCheckMany(): ManyChecks {
  const client = useEngineClient()
  const [hosts, setHosts] = useState<readonly ListedHost[]>([])
  const [running, setRunning] = useState(0)
  const abort = useRef(new AbortController())
  useEffect(() => () => abort.current.abort(), [])

  const change = (address: string, to: (host: ListedHost) => ListedHost) =>
    setHosts((all) => all.map((host) => (host.candidate.address === address ? to(host) : host)))

  const run = async (some: readonly ListedHost[], inputOf: InputOf) => {
    if (some.length === 0) return
    const { signal } = abort.current
    const waiting = new Set(some.map(({ candidate }) => candidate.address))
    setHosts((all) =>
      all.map((host) => (waiting.has(host.candidate.address) ? { ...host, verdict: { kind: 'waiting' } } : host)),
    )
    setRunning((count) => count + 1)
    await checkMany(client, some, {
      inputOf,
      signal,
      onBegin: (address) => change(address, (host) => ({ ...host, verdict: { kind: 'checking' } })),
      onResult: (address, result: Result<CommandOutput<'host.check'>>) =>
        change(address, (host) => withResult(host, result)),
    })
    if (!signal.aborted) setRunning((count) => count - 1)
  }
  const stop = () => {
    abort.current.abort()
    abort.current = new AbortController()
    setRunning(0)
    setHosts((all) =>
      all.map((host) => (host.verdict.kind === 'checking' ? { ...host, verdict: { kind: 'waiting' } } : host)),
    )
  }
  const confirm = (addresses: readonly string[], inputOf: InputOf) => {
    const named = new Set(addresses)
    const confirmed = hosts.flatMap((host) => {
      if (!named.has(host.candidate.address) || host.verdict.kind !== 'key') return []
      return [{ ...host, confirmed: host.verdict.offered.fingerprint }]
    })
    for (const host of confirmed) change(host.candidate.address, () => host)
    void run(confirmed, inputOf)
    return confirmed.length
  }
  return {
    hosts,
    isRunning: running > 0,
    begin: (candidates, inputOf) => {
      stop()
      const before = new Map(hosts.map((host) => [host.candidate.address, host]))
      const listed = candidates.map((candidate) => {
        const known = before.get(candidate.address)
        // Another port is another SSH server, with another key.
        if (known === undefined || known.candidate.port !== candidate.port) return listHost(candidate)
        return { ...listHost(candidate), confirmed: known.confirmed, isLeftOut: known.isLeftOut }
      })
      setHosts(listed)
      void run(
        listed.filter(({ isLeftOut }) => !isLeftOut),
        inputOf,
      )
    },
    again: (inputOf) =>
      void run(
        hosts.filter(({ verdict, isLeftOut }) => verdict.kind !== 'ready' && !isLeftOut),
        inputOf,
      ),
    stop,
    leaveOut: (addresses, isLeftOut) => {
      const named = new Set(addresses)
      setHosts((all) => all.map((host) => (named.has(host.candidate.address) ? { ...host, isLeftOut } : host)))
    },
    confirm,
    confirmMatching: (known, inputOf) =>
      confirm(
        hosts.filter((host) => matches(host, known)).map(({ candidate }) => candidate.address),
        inputOf,
      ),
  }
}

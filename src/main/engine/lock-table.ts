import type { LockClaim } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Clock } from './ports.ts'

export interface LockRequest {
  readonly claims: readonly LockClaim[]
  /** The command that asks. */
  readonly command: string
  /** Who a waiter is told about: "vm.start (admin)". */
  readonly holder: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Locks that are held. */
export interface HeldLocks {
  /** Lets them go. Again changes nothing. */
  release(): void
  /**
   * Whether their holder waits for a host or a person, nobody knows how long: who comes then is refused instead of left
   * waiting.
   */
  setWaiting(waits: boolean): void
}

export interface LockTable {
  /**
   * Resolves once all are held. Rejects with `command.lock-timeout` (naming the holder), `operation.in-the-way`,
   * `command.queue-full`, or the signal's reason.
   */
  acquire(request: LockRequest): Promise<HeldLocks>
  /** Takes them at once, whoever else holds them: for what held them before the engine started. */
  retake(claims: readonly LockClaim[], holder: string): HeldLocks
  /** True when a request for these would be granted at once. */
  isFree(claims: readonly LockClaim[]): boolean
}

interface Claimant {
  readonly claims: ReadonlyMap<string, LockClaim['mode']>
  readonly holder: string
  /** Null once it holds its locks. */
  grant: (() => void) | null
  /** Ends its waiting. */
  refuse: ((error: AppError) => void) | null
  command: string
  isWaitingForHost: boolean
}

/**
 * First-in-first-out locks over several keys at once. A claimant stands in the line of each of its keys from the start, in
 * one step, and is let in when everyone ahead of it in each line goes together with it; it holds nothing while it waits. The
 * one who has waited longest has only holders ahead of it, so there is always one that can go on: no deadlock.
 */
export function createLockTable({
  clock,
  maxWaiting,
}: {
  readonly clock: Clock
  readonly maxWaiting: number
}): LockTable {
  const lines = new Map<string, Claimant[]>()
  let waiting = 0

  /** Everyone ahead in this line goes together with it. */
  function mayPass(claimant: Claimant, key: string): boolean {
    const line = lines.get(key) ?? []
    return goesWith(claimant.claims.get(key) ?? 'exclusive', line.slice(0, line.indexOf(claimant)), key)
  }

  const mayEnter = (claimant: Claimant) => [...claimant.claims.keys()].every((key) => mayPass(claimant, key))

  function join(claimant: Claimant): void {
    for (const key of claimant.claims.keys()) lines.set(key, [...(lines.get(key) ?? []), claimant])
  }

  /** Takes a claimant out of its lines, let in or not; once it is out, again changes nothing. */
  function leave(claimant: Claimant): void {
    const behind = new Set<Claimant>()
    for (const key of claimant.claims.keys()) {
      const line = lines.get(key)?.filter((other) => other !== claimant) ?? []
      if (line.length === 0) lines.delete(key)
      else lines.set(key, line)
      for (const other of line) if (other.grant !== null) behind.add(other)
    }
    for (const other of behind) if (mayEnter(other)) other.grant?.()
  }

  function blockerOf(claimant: Claimant): { readonly lock: string; readonly by: Claimant | undefined } {
    for (const key of claimant.claims.keys()) {
      if (!mayPass(claimant, key)) return { lock: key, by: lines.get(key)?.[0] }
    }
    return { lock: '', by: undefined }
  }

  function heldBy(claimant: Claimant): HeldLocks {
    return {
      release: () => leave(claimant),
      setWaiting: (waits) => {
        claimant.isWaitingForHost = waits
        if (!waits) return
        for (const key of claimant.claims.keys()) {
          for (const other of lines.get(key) ?? []) if (other.refuse !== null) refuseIfInTheWay(other)
        }
      },
    }
  }

  function refuseIfInTheWay(claimant: Claimant): boolean {
    for (const key of claimant.claims.keys()) {
      const open = lines.get(key)?.find((other) => other !== claimant && other.isWaitingForHost)
      if (open === undefined || mayPass(claimant, key)) continue
      const params = { command: claimant.command, lock: key, holder: open.holder }
      claimant.refuse?.(new AppError('operation.in-the-way', params, { retry: 'safe' }))
      return true
    }
    return false
  }

  function createClaimant(claims: readonly LockClaim[], holder: string, command: string): Claimant {
    return { claims: mergeClaims(claims), holder, command, grant: null, refuse: null, isWaitingForHost: false }
  }

  return {
    isFree: (claims) => [...mergeClaims(claims)].every(([key, mode]) => goesWith(mode, lines.get(key) ?? [], key)),
    retake: (claims, holder) => {
      const claimant = createClaimant(claims, holder, '')
      join(claimant)
      return heldBy(claimant)
    },
    async acquire({ claims, command, holder, timeoutMs, signal }) {
      signal?.throwIfAborted()
      const claimant = createClaimant(claims, holder, command)
      const isFree = [...claimant.claims].every(([key, mode]) => goesWith(mode, lines.get(key) ?? [], key))
      if (!isFree && waiting >= maxWaiting) {
        throw new AppError('command.queue-full', { command, limit: maxWaiting }, { retry: 'safe' })
      }
      join(claimant)
      if (isFree) return heldBy(claimant)
      waiting++
      return new Promise((resolve, reject) => {
        const finish = () => {
          claimant.grant = null
          claimant.refuse = null
          waiting--
          cancelTimer()
          signal?.removeEventListener('abort', onAbort)
        }
        const giveUp = (reason: unknown) => {
          finish()
          leave(claimant)
          reject(reason)
        }
        const onAbort = () => giveUp(signal?.reason)
        const cancelTimer = clock.after(timeoutMs, () => {
          const { lock, by } = blockerOf(claimant)
          giveUp(new AppError('command.lock-timeout', { command, lock, holder: by?.holder ?? '' }, { retry: 'safe' }))
        })
        signal?.addEventListener('abort', onAbort)
        claimant.grant = () => {
          finish()
          resolve(heldBy(claimant))
        }
        claimant.refuse = giveUp
        refuseIfInTheWay(claimant)
      })
    },
  }
}

function goesWith(mode: LockClaim['mode'], ahead: readonly Claimant[], key: string): boolean {
  if (mode === 'exclusive') return ahead.length === 0
  const modes = ahead.map((other) => other.claims.get(key) ?? 'exclusive')
  if (mode === 'shared') return modes.every((other) => other === 'shared')
  return modes.every((other) => typeof other === 'object') && modes.length < mode.slots
}

/** One claim a key, in one fixed order; where a key is claimed twice, the stricter one counts. */
function mergeClaims(claims: readonly LockClaim[]): ReadonlyMap<string, LockClaim['mode']> {
  const merged = new Map<string, LockClaim['mode']>()
  for (const { key, mode } of [...claims].sort((left, right) => (left.key < right.key ? -1 : 1))) {
    const other = merged.get(key)
    merged.set(key, other === undefined || isSame(other, mode) ? mode : 'exclusive')
  }
  return merged
}

function isSame(left: LockClaim['mode'], right: LockClaim['mode']): boolean {
  if (typeof left === 'object' && typeof right === 'object') return left.slots === right.slots
  return left === right
}

/** Holds `key` alone. */
export const exclusive = (key: string): LockClaim => ({ key, mode: 'exclusive' })

/** Holds `key` beside others who only share it. */
export const shared = (key: string): LockClaim => ({ key, mode: 'shared' })

/** Takes one of `slots` places at `key`. */
export const slot = (key: string, slots: number): LockClaim => ({ key, mode: { slots } })

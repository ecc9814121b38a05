import type { HostDefinition } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock } from '../../engine/index.ts'
import { type HostRoute, openConnection } from '../../hosts/index.ts'
import { askGatewaysScript, parseAnswering } from '../on-host/ask-wire-script.ts'
import { backScript, parseTrialState, type TrialState, trialScript } from '../on-host/change-scripts.ts'
import { runAsRoot, runAsRootOrFail, type ScriptRunner } from './host-shell.ts'

const SCRIPT_TIMEOUT_MS = 60_000
const LOOK_PAUSE_MS = 500
/** How long a host that is not reached is waited for after its own timer must have run. */
const BACK_GRACE_MS = 120_000
/** The first attempt of several: one that goes nowhere is soon given up. */
const ATTEMPT_MS = 20_000
/** As long as a busy host may take to let somebody in. */
const SIGN_IN_MS = 60_000

/** How a host is reached for a trial: by connections of its own, as the one that is there may be what the change cuts. */
export interface TrialAccess {
  readonly definition: HostDefinition
  /** Opens a new connection. Errors: those of `connectSsh`. */
  readonly open: (limits: { readonly timeoutMs: number; readonly signal: AbortSignal }) => Promise<HostRoute>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Runs `work` over a connection of its own. Errors: network.needs-ssh, those of connecting, and those of `work`. */
export async function withRoute<T>(
  { definition, open, signal }: TrialAccess,
  work: (run: ScriptRunner, route: HostRoute) => Promise<T>,
  timeoutMs = SIGN_IN_MS,
): Promise<T> {
  const route = await open({ timeoutMs, signal })
  try {
    if (route.runScript === null)
      throw new AppError('network.needs-ssh', { hostName: definition.name }, { hostId: definition.id })
    return await work(route.runScript, route)
  } finally {
    await route.close()
  }
}

/** What became of a trial, as its host tells. Errors: those of reaching the host. */
export async function fetchTrialState(access: TrialAccess, operationId: string): Promise<TrialState> {
  return withRoute(access, (run) => lookAt(access, run, operationId))
}

async function lookAt(
  { definition, signal }: TrialAccess,
  run: ScriptRunner,
  operationId: string,
): Promise<TrialState> {
  const options = { timeoutMs: SCRIPT_TIMEOUT_MS, signal }
  return parseTrialState(await runAsRootOrFail(run, definition, trialScript(operationId), options))
}

export interface ProofOptions {
  readonly operationId: string
  /** Until the host goes back. */
  readonly deadlineMs: number
  readonly confirmMs: number
  /** They have to answer. */
  readonly gateways: readonly string[]
  /** It was pinned before. */
  readonly hostKey: string | null
}

/**
 * Resolves as soon as the host is reached over a new connection, has the same host key, has applied the change, its libvirt answers, and so do its
 * gateways. Errors: network.apply-failed, network.went-back, network.gateway-silent; network.not-reached, when that does not come about in time.
 */
export async function proveTrial(access: TrialAccess, proof: ProofOptions): Promise<void> {
  const { definition, clock, signal } = access
  const { deadlineMs, confirmMs } = proof
  let last: AppError | null = null
  for (let attempt = 1; ; attempt += 1) {
    const leftMs = deadlineMs - clock.monotonicMs()
    if (leftMs <= 0) break
    try {
      const answer = await withRoute(
        access,
        (run, route) => judgeTrial(access, proof, run, route),
        // A slow host is not given up again and again in the same moment.
        Math.min(attempt * ATTEMPT_MS, SIGN_IN_MS, leftMs),
      )
      if (answer === 'proved') return
      last = answer instanceof AppError ? answer : null
    } catch (error) {
      if (!isAppError(error) || signal.aborted || FINAL.has(error.code)) throw error
      last = error
    }
    await pause(access, LOOK_PAUSE_MS)
  }
  if (isAppError(last, 'network.gateway-silent')) throw last
  const params = { hostName: definition.name, seconds: Math.round(confirmMs / 1_000) }
  throw new AppError('network.not-reached', params, {
    hostId: definition.id,
    ...(last === null ? {} : { cause: last }),
  })
}

/** Nothing that waiting mends. */
const FINAL: ReadonlySet<string> = new Set(['network.apply-failed', 'network.went-back', 'network.needs-root'])

async function judgeTrial(
  access: TrialAccess,
  { operationId, gateways, hostKey }: ProofOptions,
  run: ScriptRunner,
  route: HostRoute,
): Promise<'proved' | 'later' | AppError> {
  const { definition, signal } = access
  const { id: hostId, name: hostName, address } = definition
  // Another machine may have the address: it is not asked for anything.
  if (hostKey !== null && route.hostKey?.fingerprint !== hostKey) return 'later'
  const { stage, log } = await lookAt(access, run, operationId)
  if (stage === 'armed' || stage === 'applying') return 'later'
  if (stage === 'apply-failed')
    throw new AppError('network.apply-failed', { hostName, detail: log.join(' · ') }, { hostId })
  if (stage !== 'applied') throw new AppError('network.went-back', { hostName }, { hostId })
  const connection = await openConnection(route, {
    address,
    timeoutMs: SIGN_IN_MS,
    keepalive: 'off',
    anew: true,
    signal,
  })
  await connection.close()
  if (gateways.length === 0) return 'proved'
  const asked = await runAsRoot(run, definition, askGatewaysScript(gateways), { timeoutMs: SCRIPT_TIMEOUT_MS, signal })
  const answering = parseAnswering(asked.stdout)
  const silent = gateways.find((gateway) => !answering.has(gateway))
  return silent === undefined
    ? 'proved'
    : new AppError('network.gateway-silent', { hostName, gateway: silent }, { hostId })
}

/**
 * Has the host go back, and resolves once it has; where it is not reached, it does so by itself after `confirmMs`, and is waited for. Safe to repeat.
 * Errors: network.going-back, when the host is not reached for longer than that.
 */
export async function takeBack(
  access: TrialAccess,
  {
    operationId,
    confirmMs,
    hasSystemd,
  }: { readonly operationId: string; readonly confirmMs: number; readonly hasSystemd: boolean },
): Promise<void> {
  const { definition, clock, signal } = access
  const endMs = clock.monotonicMs() + confirmMs + BACK_GRACE_MS
  let cause: unknown
  while (clock.monotonicMs() < endMs) {
    try {
      const { stage } = await withRoute(access, async (run) => {
        const state = await lookAt(access, run, operationId)
        if (state.stage !== 'back' && state.stage !== 'absent') {
          const options = { timeoutMs: SCRIPT_TIMEOUT_MS, signal }
          await runAsRoot(run, definition, backScript({ id: operationId, hasSystemd }), options)
        }
        return state
      })
      if (stage === 'back' || stage === 'absent') return
    } catch (error) {
      if (!isAppError(error) || signal.aborted) throw error
      cause = error
    }
    await pause(access, LOOK_PAUSE_MS)
  }
  throw new AppError(
    'network.going-back',
    { hostName: definition.name },
    { hostId: definition.id, retry: 'safe', cause },
  )
}

function pause({ clock, signal }: TrialAccess, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}

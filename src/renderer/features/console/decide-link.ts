import type { VmStatus } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'

/** What decides whether a console can be connected now. */
export interface LinkSurroundings {
  readonly engineLive: boolean
  /** Undefined while the VM is not known (yet, or any more). */
  readonly vmStatus: VmStatus | undefined
  readonly hostId: string | undefined
}

/** What a console waits for before anything is tried. */
export type WaitReason = 'engine' | 'vm-down' | 'vm-starting' | 'vm-unknown'

export type LinkState =
  /** Nothing is tried until this has passed. */
  | { readonly phase: 'waiting'; readonly reason: WaitReason }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'connected' }
  /** It ended or failed, and is tried again by itself at `atMs` (of `performance.now()`). */
  | { readonly phase: 'retrying'; readonly atMs: number; readonly error: WireError | null }
  /** Trying again by itself would only fail the same way. */
  | { readonly phase: 'stopped'; readonly error: WireError }

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000

/** Errors that stay until somebody changes something. */
const LASTING_CODES: ReadonlySet<string> = new Set([
  'command.forbidden',
  'console.kind-unsupported',
  'console.no-graphics',
  'console.no-serial',
  'console.not-listening',
  'console.password-refused',
  'console.port-not-found',
  'console.port-unsupported',
  'console.password-unknown',
  'console.security-unsupported',
  'console.serial-busy',
  'console.socket-permission',
  'console.too-many',
  'internal',
  'vm.not-found',
])

/** Would another try fail the same way? A display that is just going, or not there yet, refuses a connection for a moment only. */
function isLasting({ code, params }: WireError): boolean {
  return LASTING_CODES.has(code) || (code === 'ssh.forward-refused' && params.hint === 'forwarding-forbidden')
}

const STATUSES_WITHOUT_PROCESS: ReadonlySet<VmStatus> = new Set<VmStatus>([
  'down',
  'suspended',
  'wait-for-launch',
  'image-locked',
  'image-illegal',
])

/** Statuses in which QEMU is only being made: nothing to see yet, and it could not be signed in to. */
const STATUSES_OF_A_START: ReadonlySet<VmStatus> = new Set<VmStatus>(['powering-up', 'restoring-state'])

/** Why a connection need not be tried now, or null. */
export function decideWait({ engineLive, vmStatus }: LinkSurroundings): WaitReason | null {
  if (!engineLive) return 'engine'
  if (vmStatus === undefined || vmStatus === 'unknown') return 'vm-unknown'
  if (STATUSES_OF_A_START.has(vmStatus)) return 'vm-starting'
  return STATUSES_WITHOUT_PROCESS.has(vmStatus) ? 'vm-down' : null
}

/**
 * What comes after a console has ended (`error` null) or failed. `failures` counts those in a row, this one included;
 * `random` is 0–1 and spreads the tries of many windows.
 */
export function decideAfterEnd(
  surroundings: LinkSurroundings,
  error: WireError | null,
  failures: number,
  nowMs: number,
  random: number,
): LinkState {
  const reason = decideWait(surroundings)
  if (reason !== null) return { phase: 'waiting', reason }
  if (error !== null && isLasting(error)) return { phase: 'stopped', error }
  const backoffMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1))
  return { phase: 'retrying', atMs: nowMs + backoffMs * (0.75 + random / 2), error }
}

/** True when a change of the surroundings is worth a try at once, whatever failed before: it runs again, or elsewhere. */
export function decideTryNow(before: LinkSurroundings, after: LinkSurroundings): boolean {
  if (decideWait(after) !== null) return false
  return decideWait(before) !== null || before.hostId !== after.hostId
}

import { CHAIN_CHECKS, type HostCheck, SINGLE_CHECKS } from '../../shared/contract/index.ts'
import type { HostFacts } from '../../shared/domain/index.ts'
import { AppError, type ErrorCode, toWireError } from '../../shared/errors/index.ts'
import { digestCommand, type GuestIdentity, type SkippedDirective } from '../hosts/index.ts'
import { decideKnownMacs, decideKnownVms, type KnownMachines } from './decide-guest-verdicts.ts'
import { decideMigrationPorts, decideNames, type PeerLook } from './peers/index.ts'
import { decideClock, decideKvm, decideMemory, decideSpace, type HostSurvey, type Verdict } from './survey/index.ts'

type CheckName = HostCheck['check']
type Outcome = Omit<HostCheck, 'check'>

type ChainCheck = (typeof CHAIN_CHECKS)[number]

/** What trying a host brought. */
export interface ProbeOutcome {
  readonly transport: 'ssh' | 'local'
  readonly address: string
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | null
  readonly user: string | null
  /** Parts of the user's ssh_config that were not evaluated. */
  readonly configSkipped: readonly SkippedDirective[]
  /** Did it take sudo to open libvirt's socket? */
  readonly bySudo: boolean
  readonly facts: HostFacts | null
  readonly survey: HostSurvey | null
  /** Its machines; null where nobody could ask. */
  readonly guests: readonly GuestIdentity[] | null
  /** What stopped it; null when everything that must hold does. */
  readonly error: AppError | null
}

const HOST_KEY_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'ssh.host-key-unknown',
  'ssh.host-key-changed',
  'ssh.host-key-revoked',
  'ssh.host-key-not-certified',
  'ssh.known-hosts-unusable',
  'ssh.known-hosts-command-failed',
])
const SIGN_IN_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'ssh.authentication-failed',
  'ssh.sign-in-interrupted',
  'ssh.account-refused',
  'ssh.password-expired',
  'ssh.key-unreadable',
  'ssh.key-needs-passphrase',
  'ssh.key-passphrase-wrong',
  'ssh.key-unsupported',
  'ssh.agent-unavailable',
])
const MANAGE_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'host.libvirt-permission',
  'libvirt.authentication-denied',
  'libvirt.authentication-unsupported',
])
const QEMU_ERRORS: ReadonlySet<ErrorCode> = new Set(['host.no-qemu', 'host.qemu-too-old'])

/** Which check an error fails. Pure. */
export function decideFailedCheck(error: AppError): ChainCheck {
  if (HOST_KEY_ERRORS.has(error.code)) return 'host-key'
  if (SIGN_IN_ERRORS.has(error.code)) return 'sign-in'
  if (MANAGE_ERRORS.has(error.code)) return 'manage'
  if (QEMU_ERRORS.has(error.code)) return 'qemu'
  const isLibvirts = /^(host|libvirt)\.|^ssh\.(forward-refused|shell-output)$/.test(error.code)
  return isLibvirts ? 'libvirt' : 'reach'
}

const NOT_RUN: Outcome = { outcome: 'not-run', detail: null, error: null }

/** What a host is judged against. */
export interface Surroundings {
  /** The refusal of a machine that is in the inventory already. */
  readonly twin: AppError | null
  /** What it and the other hosts of its cluster say of each other. */
  readonly peers: readonly PeerLook[]
  readonly model: KnownMachines
}

/** The list that a person sees: what passed, what failed and why, and what could not be tried. Pure. */
export function decideChecks(outcome: ProbeOutcome, surroundings: Surroundings): HostCheck[] {
  const failed = outcome.error === null ? null : decideFailedCheck(outcome.error)
  const failedAt = failed === null ? CHAIN_CHECKS.length : CHAIN_CHECKS.indexOf(failed)
  const chain = CHAIN_CHECKS.map((check, index) => ({ check, ...decideLink(check, index, failedAt, outcome) }))
  return [...chain, ...SINGLE_CHECKS.map((check) => ({ check, ...decideOther(check, outcome, surroundings) }))]
}

function decideLink(check: ChainCheck, index: number, failedAt: number, outcome: ProbeOutcome): Outcome {
  if (index > failedAt) return NOT_RUN
  if (index === failedAt && outcome.error !== null) return failure(outcome.error)
  if (outcome.transport === 'local' && (check === 'host-key' || check === 'sign-in')) return NOT_RUN
  const [skipped] = check === 'reach' ? describeSkipped(outcome.configSkipped) : []
  if (skipped !== undefined) return { outcome: 'warning', detail: null, error: toWireError(skipped) }
  return { outcome: 'passed', detail: detailOf(check, outcome), error: null }
}

function decideOther(
  check: (typeof SINGLE_CHECKS)[number],
  outcome: ProbeOutcome,
  { twin, peers, model }: Surroundings,
): Outcome {
  const { facts, survey, guests, address } = outcome
  switch (check) {
    case 'kvm':
      return ofVerdict(decideKvm(facts?.hostName ?? address, survey, facts))
    case 'memory':
      return ofVerdict(decideMemory(survey, facts))
    case 'clock':
      return ofVerdict(decideClock(survey))
    case 'space':
      return ofVerdict(decideSpace(survey))
    case 'names':
      return ofVerdict(decideNames(peers))
    case 'migration-ports':
      return ofVerdict(decideMigrationPorts(peers))
    case 'known-vms':
      return ofVerdict(twin === null ? decideKnownVms(guests, model) : null)
    case 'known-macs':
      return ofVerdict(twin === null ? decideKnownMacs(guests, model) : null)
    case 'duplicate':
      if (twin !== null) return failure(twin)
      return facts === null && survey === null ? NOT_RUN : { outcome: 'passed', detail: null, error: null }
  }
}

function ofVerdict(verdict: Verdict | null): Outcome {
  if (verdict === null) return NOT_RUN
  const { warning, detail } = verdict
  return warning === null
    ? { outcome: 'passed', detail, error: null }
    : { outcome: 'warning', detail, error: toWireError(warning) }
}

function failure(error: AppError): Outcome {
  return { outcome: 'failed', detail: null, error: toWireError(error) }
}

/** Says what of ssh_config was not evaluated; commands that wait for a person's word first, all in one. */
export function describeSkipped(skipped: readonly SkippedDirective[]): readonly AppError[] {
  const unconfirmed = decideUnconfirmed(skipped)
  const others = skipped.filter(({ command }) => command === undefined).map(skippedError)
  return unconfirmed === null ? others : [unconfirmed, ...others]
}

/** The question whether commands of ssh_config may be run; null where there is none to ask. */
export function decideUnconfirmed(
  skipped: readonly SkippedDirective[],
): AppError<'ssh.config-commands-unconfirmed'> | null {
  const waiting = skipped.flatMap(({ path, line, command }) => (command === undefined ? [] : [{ path, line, command }]))
  const [first] = waiting
  if (first === undefined) return null
  const commands = [...new Set(waiting.map(({ command }) => command))]
  return new AppError('ssh.config-commands-unconfirmed', {
    commands: commands.join('\n'),
    digests: commands.map(digestCommand).join(','),
    path: first.path,
    line: first.line,
  })
}

function skippedError({ path, line, directive }: SkippedDirective): AppError {
  return new AppError('ssh.config-skipped', { path, line, directive })
}

function detailOf(check: CheckName, { hostKey, user, facts, bySudo }: ProbeOutcome): string | null {
  switch (check) {
    case 'host-key':
      return hostKey === null ? null : `${hostKey.type} ${hostKey.fingerprint}`
    case 'sign-in':
      return user
    case 'libvirt':
      return facts === null ? null : `libvirt ${facts.libvirtVersion}`
    case 'manage':
      return bySudo ? 'sudo' : null
    case 'qemu':
      return facts === null ? null : `${facts.hypervisor} ${facts.hypervisorVersion}`
    default:
      return null
  }
}

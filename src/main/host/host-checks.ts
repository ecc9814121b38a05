import type { HostCheck } from '../../shared/contract/index.ts'
import type { HostFacts } from '../../shared/domain/index.ts'
import { AppError, type ErrorCode, toWireError } from '../../shared/errors/index.ts'
import type { SkippedDirective } from '../hosts/index.ts'

type CheckName = HostCheck['check']

/** The checks in the order in which each needs the ones before it. */
const ORDER: readonly CheckName[] = [
  'reach',
  'host-key',
  'sign-in',
  'libvirt',
  'manage',
  'qemu',
  'kvm',
  'memory',
  'duplicate',
]

/** oVirt's least memory of a host. */
export const MINIMUM_MEMORY_MIB = 2_048

/** What trying a host brought. */
export interface ProbeOutcome {
  readonly transport: 'ssh' | 'local'
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | null
  readonly user: string | null
  /** Parts of the user's ssh_config that were not evaluated. */
  readonly configSkipped: readonly SkippedDirective[]
  readonly facts: HostFacts | null
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
const QEMU_ERRORS: ReadonlySet<ErrorCode> = new Set(['host.no-qemu'])
const DUPLICATE_ERRORS: ReadonlySet<ErrorCode> = new Set(['host.same-machine', 'host.already-added'])

/** Which check an error fails. Pure. */
export function decideFailedCheck(error: AppError): CheckName {
  if (HOST_KEY_ERRORS.has(error.code)) return 'host-key'
  if (SIGN_IN_ERRORS.has(error.code)) return 'sign-in'
  if (MANAGE_ERRORS.has(error.code)) return 'manage'
  if (QEMU_ERRORS.has(error.code)) return 'qemu'
  if (DUPLICATE_ERRORS.has(error.code)) return 'duplicate'
  const isLibvirts = /^(host|libvirt)\.|^ssh\.(forward-refused|shell-output)$/.test(error.code)
  return isLibvirts ? 'libvirt' : 'reach'
}

/** The list that a person sees: what passed, what failed and why, and what could not be tried. Pure. */
export function decideChecks(outcome: ProbeOutcome): HostCheck[] {
  const failed = outcome.error === null ? null : decideFailedCheck(outcome.error)
  const failedAt = failed === null ? ORDER.length : ORDER.indexOf(failed)
  return ORDER.map((check, index) => {
    if (index > failedAt) return { check, outcome: 'not-run', detail: null, error: null }
    if (index === failedAt && outcome.error !== null) {
      return { check, outcome: 'failed', detail: null, error: toWireError(outcome.error) }
    }
    if (outcome.transport === 'local' && (check === 'host-key' || check === 'sign-in')) {
      return { check, outcome: 'not-run', detail: null, error: null }
    }
    const [skipped] = check === 'reach' ? outcome.configSkipped : []
    if (skipped !== undefined) {
      return { check, outcome: 'warning', detail: null, error: toWireError(skippedError(skipped)) }
    }
    const warning = outcome.facts === null ? null : decideWarning(check, outcome.facts)
    if (warning !== null) return { check, outcome: 'warning', detail: null, error: toWireError(warning) }
    return { check, outcome: 'passed', detail: detailOf(check, outcome), error: null }
  })
}

/** Says what of ssh_config was not evaluated. */
export function skippedError({ path, line, directive }: SkippedDirective): AppError {
  return new AppError('ssh.config-skipped', { path, line, directive })
}

/** What works, but not as a person would want it. Pure. */
export function decideWarning(check: CheckName, facts: HostFacts): AppError | null {
  if (check === 'kvm' && !facts.domainTypes.includes('kvm')) {
    return new AppError('host.kvm-missing', { address: facts.hostName })
  }
  const memoryMiB = Math.floor(facts.memoryKiB / 1_024)
  if (check === 'memory' && memoryMiB < MINIMUM_MEMORY_MIB) {
    return new AppError('host.memory-too-small', { memoryMiB, minimumMiB: MINIMUM_MEMORY_MIB })
  }
  return null
}

function detailOf(check: CheckName, { hostKey, user, facts }: ProbeOutcome): string | null {
  switch (check) {
    case 'host-key':
      return hostKey === null ? null : `${hostKey.type} ${hostKey.fingerprint}`
    case 'sign-in':
      return user
    case 'libvirt':
      return facts === null ? null : `libvirt ${facts.libvirtVersion}`
    case 'qemu':
      return facts === null ? null : `${facts.hypervisor} ${facts.hypervisorVersion}`
    case 'memory':
      return facts === null ? null : `${Math.floor(facts.memoryKiB / 1_024)} MiB`
    default:
      return null
  }
}

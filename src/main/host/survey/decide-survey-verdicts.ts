import type { HostFacts } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { HostSurvey } from './host-survey.ts'

/** What one check came to; null in its place: it could not be run. */
export interface Verdict {
  readonly warning: AppError | null
  readonly detail: string | null
}

/** oVirt's least memory of a host. */
export const MINIMUM_MEMORY_MIB = 2_048
/** Certificates, logs that are read side by side, and guests that take their time from the host. */
const CLOCK_LIMIT_MS = 1_000
/** Below this no disk fits that is worth the name. */
const MINIMUM_FREE_MIB = 5 * 1_024

/** Whether machines will run at the speed of the hardware. Not a reason to refuse a host: QEMU emulates. Pure. */
export function decideKvm(address: string, survey: HostSurvey | null, facts: HostFacts | null): Verdict | null {
  if (survey === null && facts === null) return null
  const flag = survey?.cpuFlags.find((each) => each === 'vmx' || each === 'svm')
  const warning = (error: AppError): Verdict => ({ warning: error, detail: null })
  const offersKvm = facts?.domainTypes.includes('kvm')
  if (offersKvm === true && (survey?.kvm ?? null) === null) return { warning: null, detail: flag ?? null }
  const device = survey?.kvm ?? null
  if (device !== null && device.kind !== 'device') {
    // POWER, Arm and s390x have no such flag.
    const isX86 = facts === null || /^(x86_64|i686)$/.test(facts.architecture)
    if (flag === undefined && isX86) return warning(new AppError('host.cpu-without-virtualization', { address }))
    if (flag === undefined) return warning(new AppError('host.kvm-missing', { address }))
    const module = flag === 'vmx' ? 'kvm_intel' : 'kvm_amd'
    return warning(new AppError('host.kvm-module-missing', { address, flag, module }))
  }
  if (device !== null && survey?.qemuUser && !mayUse(device, survey.qemuUser)) {
    const { name: user } = survey.qemuUser
    return warning(new AppError('host.kvm-inaccessible', { user, group: device.group ?? 'kvm' }))
  }
  if (offersKvm === false) return warning(new AppError('host.kvm-missing', { address }))
  return { warning: null, detail: [flag, '/dev/kvm'].filter((each) => each !== undefined).join(' · ') }
}

function mayUse(
  { mode, userId, groupId }: NonNullable<HostSurvey['kvm']>,
  account: NonNullable<HostSurvey['qemuUser']>,
): boolean {
  if (mode === null || account.userId === 0) return true
  const bits =
    userId === account.userId ? mode >> 6 : groupId !== null && account.groupIds.includes(groupId) ? mode >> 3 : mode
  return (bits & 0o6) === 0o6
}

/** Whether there is enough memory to be worth adding. Pure. */
export function decideMemory(survey: HostSurvey | null, facts: HostFacts | null): Verdict | null {
  const memoryKiB = facts?.memoryKiB ?? survey?.memoryKiB ?? null
  if (memoryKiB === null) return null
  const memoryMiB = Math.floor(memoryKiB / 1_024)
  const isSmall = memoryMiB < MINIMUM_MEMORY_MIB
  return {
    warning: isSmall ? new AppError('host.memory-too-small', { memoryMiB, minimumMiB: MINIMUM_MEMORY_MIB }) : null,
    detail: `${memoryMiB} MiB`,
  }
}

/** Whether the host's clock shows what ours shows. Only what is certain counts: the bound is on the host's side. Pure. */
export function decideClock(survey: HostSurvey | null): Verdict | null {
  if (survey === null || survey.clock === null) return null
  const { offsetMs, boundMs } = survey.clock
  const seconds = (ms: number) => (ms / 1_000).toFixed(2)
  const params = { offsetSeconds: seconds(offsetMs), boundSeconds: seconds(boundMs) }
  const isOff = Math.abs(offsetMs) - boundMs > CLOCK_LIMIT_MS
  return {
    warning: isOff ? new AppError('host.clock-off', params) : null,
    detail: `${offsetMs < 0 ? '' : '+'}${params.offsetSeconds} s ± ${params.boundSeconds} s`,
  }
}

/** Whether disks have room where libvirt puts them. Pure. */
export function decideSpace(survey: HostSurvey | null): Verdict | null {
  const [first, ...others] = survey?.space ?? []
  if (first === undefined) return null
  const least = others.reduce((left, right) => (right.freeKiB < left.freeKiB ? right : left), first)
  const freeMiB = Math.floor(least.freeKiB / 1_024)
  const params = { path: least.path, freeMiB, minimumMiB: MINIMUM_FREE_MIB }
  return {
    warning: freeMiB < MINIMUM_FREE_MIB ? new AppError('host.space-low', params) : null,
    detail: `${least.path} · ${(freeMiB / 1_024).toFixed(1)} GiB`,
  }
}

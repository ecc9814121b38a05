import type { TFunction } from 'i18next'
import type { Host, HostStatus, Vm, VmStatus } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'
import { describeStatus } from '../../i18n/index.ts'

const TONES: Readonly<Record<HostStatus, Tone>> = {
  unassigned: 'unknown',
  installing: 'moving',
  'install-failed': 'bad',
  initializing: 'moving',
  up: 'ok',
  'preparing-for-maintenance': 'moving',
  maintenance: 'paused',
  connecting: 'bad',
  'non-responsive': 'bad',
  'non-operational': 'warning',
  reboot: 'moving',
  down: 'off',
  error: 'bad',
}

/** All of them. */
export const HOST_STATUSES: readonly string[] = Object.keys(TONES)

/** The mark of a host: its status, or a warning when it is up with a problem. */
export function hostTone(host: Pick<Host, 'status' | 'problems'>): Tone {
  return host.status === 'up' && host.problems.length > 0 ? 'warning' : TONES[host.status]
}

const NOT_RUNNING: ReadonlySet<VmStatus> = new Set(['down', 'suspended', 'unknown', 'image-locked', 'image-illegal'])

/** Whether a VM of a lost host ran when the host was last heard. Pure. */
export function didRun({ lastStatus }: Pick<Vm, 'lastStatus'>): boolean {
  return lastStatus !== null && !NOT_RUNNING.has(lastStatus)
}

/** Its status in words, with what keeps it from being better. Pure. */
export function describeHostStatus(
  { status, statusError, problems }: Pick<Host, 'status' | 'statusError' | 'problems'>,
  t: TFunction,
): string {
  const trouble = statusError === null ? [] : [{ severity: 'error', error: statusError } as const]
  return describeStatus(t(`hosts:status.${status}`), [...trouble, ...problems], t)
}

/** The mark of a status alone, where hosts are counted. */
export function hostStatusTone(status: HostStatus): Tone {
  return TONES[status]
}

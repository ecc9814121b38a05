import type { TFunction } from 'i18next'
import type { Vm, VmStatus } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'
import { describeStatus } from '../../i18n/index.ts'

const TONES: Readonly<Record<VmStatus, Tone>> = {
  down: 'off',
  'wait-for-launch': 'moving',
  'powering-up': 'moving',
  up: 'ok',
  paused: 'paused',
  'migrating-from': 'moving',
  'migrating-to': 'moving',
  unknown: 'unknown',
  'not-responding': 'warning',
  'reboot-in-progress': 'moving',
  'saving-state': 'moving',
  suspended: 'off',
  'restoring-state': 'moving',
  'powering-down': 'moving',
  'image-locked': 'moving',
  'image-illegal': 'bad',
}

/** All of them. */
export const VM_STATUSES: readonly string[] = Object.keys(TONES)

/** The mark of a VM: its status, or a warning when it runs with a problem. */
export function vmTone(vm: Pick<Vm, 'status' | 'problems'>): Tone {
  if (vm.problems.some(({ severity }) => severity === 'error')) return 'bad'
  return vm.status === 'up' && vm.problems.length > 0 ? 'warning' : TONES[vm.status]
}

/** Its status in words: where nobody can say, what it last was; and what is wrong with it. Pure. */
export function describeVmStatus(
  { status, lastStatus, problems }: Pick<Vm, 'status' | 'lastStatus' | 'problems'>,
  t: TFunction,
): string {
  const word = t(`vms:status.${status}`)
  const last = lastStatus === null ? '' : ` · ${describeLastStatus(lastStatus, t)}`
  return describeStatus(word + last, problems, t)
}

/** "was Up": of a machine that nobody can ask about. Pure. */
export function describeLastStatus(lastStatus: VmStatus, t: TFunction): string {
  return t('vms:lastStatus', { status: t(`vms:status.${lastStatus}`) })
}

const INACTIVE: ReadonlySet<VmStatus> = new Set(['down', 'suspended', 'image-locked', 'image-illegal'])

/** Catalog key of why there is neither load nor a console; `null`: QEMU runs. Of `unknown` nobody can say whether it does. */
export function whyInactive(status: VmStatus): 'vms:inactive.unknown' | 'vms:inactive.notRunning' | null {
  if (status === 'unknown') return 'vms:inactive.unknown'
  return INACTIVE.has(status) ? 'vms:inactive.notRunning' : null
}

/** The mark of a status alone, where VMs are counted. */
export function vmStatusTone(status: VmStatus): Tone {
  return TONES[status]
}

import type { TFunction } from 'i18next'
import type { Datacenter, DatacenterStatus } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'
import { describeProblemCount } from '../clusters/index.ts'

const TONES: Readonly<Record<DatacenterStatus, Tone>> = {
  uninitialized: 'off',
  up: 'ok',
  maintenance: 'paused',
  'not-operational': 'warning',
  'non-responsive': 'bad',
  contend: 'moving',
}

/** All of them. */
export const DATACENTER_STATUSES: readonly string[] = Object.keys(TONES)

/** The mark of a datacenter: its status, or a warning while something in it needs a person. */
export function datacenterTone({ status, problemCount }: Pick<Datacenter, 'status' | 'problemCount'>): Tone {
  return problemCount > 0 && (status === 'up' || status === 'uninitialized') ? 'warning' : TONES[status]
}

/** Its status in words, and how much is wrong in it. Pure. */
export function describeDatacenter(
  { status, problemCount }: Pick<Datacenter, 'status' | 'problemCount'>,
  t: TFunction,
): string {
  return [t(`datacenters:status.${status}`), describeProblemCount(problemCount, t)]
    .filter((text) => text !== '')
    .join(' · ')
}

import type { StorageDomain } from '../../../shared/domain/index.ts'
import type { Share } from '../../components/share.ts'

type Space = Pick<
  StorageDomain,
  | 'capacityBytes'
  | 'allocationBytes'
  | 'availableBytes'
  | 'provisionedBytes'
  | 'warningFreePercent'
  | 'criticalFreeBytes'
>

/** How much of a domain is used, by its own levels: `high` from its warning on, `full` from where no disk is made. Pure. */
export function usedOf(space: Space): Share | null {
  const { capacityBytes, availableBytes, allocationBytes } = space
  if (capacityBytes === null || capacityBytes <= 0 || allocationBytes === null) return null
  const percent = (allocationBytes / capacityBytes) * 100
  const freeBytes = availableBytes ?? capacityBytes - allocationBytes
  if (freeBytes < space.criticalFreeBytes) return { percent, level: 'full' }
  const isLow = (freeBytes / capacityBytes) * 100 < space.warningFreePercent
  return { percent, level: isLow ? 'high' : 'normal' }
}

/**
 * What its disks may still grow to, in percent of what it has: above 100, they do not all fit when all are full. Null: not
 * known. Pure.
 */
export function overallocationOf({
  provisionedBytes,
  capacityBytes,
}: Pick<Space, 'provisionedBytes' | 'capacityBytes'>): number | null {
  if (provisionedBytes === null || capacityBytes === null || capacityBytes <= 0) return null
  return (provisionedBytes / capacityBytes) * 100
}

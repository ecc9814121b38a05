import { type MacRange, macRangesOverlap } from '../../shared/domain/index.ts'

const BLOCKS = 0x1_0000
const PREFIX = '56:6f'

/**
 * The range of a new cluster: oVirt's `56:6f:xx:xx:00:00`–`ff:ff`. The first cluster has the block `first` (chosen at random,
 * so that two inventories on one network do not meet), a further one the next block behind it that no other cluster has an
 * address of. Null when all are taken. Pure.
 */
export function decideFreeMacRange(taken: readonly MacRange[], first: number): MacRange | null {
  for (let step = 0; step < BLOCKS; step += 1) {
    const range = blockRange((first + step) % BLOCKS)
    if (!taken.some((other) => macRangesOverlap(range, other))) return range
  }
  return null
}

function blockRange(block: number): MacRange {
  const digits = block.toString(16).padStart(4, '0')
  const prefix = `${PREFIX}:${digits.slice(0, 2)}:${digits.slice(2)}`
  return { from: `${prefix}:00:00`, to: `${prefix}:ff:ff` }
}

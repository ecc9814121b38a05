import { createHash } from 'node:crypto'
import { type Cluster, macRangeSize, macToNumber, type VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'

/**
 * The MAC addresses of a new machine's cards: those that were asked for, and free ones of the cluster's range for the others. Which of
 * them depends on the machine, so that two that are made at once seldom want the same. No address that any machine has. Pure.
 */
export function decideMacs(
  model: ModelSnapshot,
  cluster: Cluster,
  {
    vmId,
    name,
    wanted,
  }: { readonly vmId: VmId; readonly name: string; readonly wanted: readonly (string | undefined)[] },
): readonly string[] | AppError {
  const holders = new Map<string, string>()
  for (const vm of model.vms.values()) {
    if (vm.id !== vmId) for (const { macAddress } of vm.nics) holders.set(macAddress.toLowerCase(), vm.name)
  }
  for (const macAddress of wanted) {
    if (macAddress === undefined) continue
    const otherName = holders.get(macAddress)
    if (otherName !== undefined) return new AppError('vm.mac-taken', { macAddress, otherName })
    holders.set(macAddress, name)
  }
  const { macRange } = cluster.settings
  const size = macRangeSize(macRange)
  const first = macToNumber(macRange.from)
  let offset = startOffset(vmId, size)
  let tried = 0
  const macs: string[] = []
  for (const asked of wanted) {
    let mac = asked
    for (; mac === undefined && tried < size; tried += 1) {
      const candidate = formatMac(first + offset)
      offset = (offset + 1) % size
      if (!holders.has(candidate)) mac = candidate
    }
    if (mac === undefined) return new AppError('vm.macs-used-up', { clusterName: cluster.name })
    holders.set(mac, name)
    macs.push(mac)
  }
  return macs
}

function startOffset(vmId: VmId, size: number): number {
  return createHash('sha256').update(vmId).digest().readUIntBE(0, 6) % size
}

function formatMac(number: number): string {
  return number
    .toString(16)
    .padStart(12, '0')
    .replaceAll(/(..)(?=.)/g, '$1:')
}

import type { VmId, VmNicSpec } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { decideAttachment } from '../create/decide-attachments.ts'
import type { NicSource } from '../definition/index.ts'
import { hostName, requireVm } from '../rules.ts'
import type { HostAbilitiesCache } from '../scheduler/host-abilities.ts'

/** What a card of a VM is to be plugged into on the VM's host, or why it cannot be. Pure. */
export function decideNicSource(
  model: ModelSnapshot,
  vmId: VmId,
  nic: VmNicSpec,
  abilities: Pick<HostAbilitiesCache, 'of'>,
): NicSource | AppError {
  const vm = requireVm(model, vmId)
  const cluster = model.clusters.get(vm.clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId: vm.clusterId })
  const source = decideAttachment(model, cluster, nic)
  if (source instanceof AppError || source.kind === 'user') return source
  const network = source.kind === 'bridge' ? source.bridge : source.network
  const known = source.kind === 'bridge' ? abilities.of(vm.hostId)?.bridges : abilities.of(vm.hostId)?.networks
  // Where nobody knows, the host says it.
  if (known?.has(network) !== false) return source
  return new AppError('vm.host-network-missing', { hostName: hostName(model, vm.hostId), network })
}

/** Has the VM such a card, now or at its next start? Null: yes. Pure. */
export function decideNicThere(model: ModelSnapshot, vmId: VmId, macAddress: string): AppError | null {
  const { name, nics, pending } = requireVm(model, vmId)
  const isIt = (address: string | null) => address?.toLowerCase() === macAddress
  if (nics.some((nic) => isIt(nic.macAddress)) || pending.some(({ device }) => isIt(device))) return null
  return new AppError('vm.no-such-device', { name, device: macAddress }, { subject: name })
}

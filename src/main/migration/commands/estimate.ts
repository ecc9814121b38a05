import { decideEstimate, type Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { Clock, InstantHandler } from '../../engine/index.ts'
import { domainReference, type HostLink, isLibvirtError, typedParametersToObject } from '../../hosts/index.ts'
import { requireVm, vmSubject } from '../../vm/index.ts'
import type { MigrationDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 30_000
/** How long the host watches the guest's memory, seconds. */
const MEASURE_SECONDS = 1
const LOOK_EVERY_MS = 250
/** A host that is busy takes longer than it was told to. */
const GIVE_UP_AFTER_MS = 15_000
/** `VIR_DOMAIN_STATS_BALLOON` and `_DIRTYRATE`. */
const STATISTICS = 4 | 512
/** `VIR_DOMAIN_DIRTYRATE_MEASURING` and `_MEASURED`. */
const MEASURING = 1
const MEASURED = 2
const MIB_KIB = 1024

/** How long a running machine would be on its way: what it holds, what it writes to, and how fast the line was. */
export function createEstimate({
  hosts,
  paces,
  clock,
}: Pick<MigrationDependencies, 'hosts' | 'paces' | 'clock'>): InstantHandler<'vm.migration-estimate'> {
  return {
    name: 'vm.migration-estimate',
    subject: vmSubject,
    validate: (model, { vmId, hostId }) => {
      const vm = model.vms.get(vmId)
      if (vm === undefined) return new AppError('vm.not-found', { vmId })
      if (hostId !== undefined && !model.hosts.has(hostId)) return new AppError('host.not-found', { hostId })
      if (vm.status === 'up' || vm.status === 'paused') return null
      const params = { name: vm.name, status: vm.status, action: 'migrate' }
      return new AppError('vm.wrong-status', params, { subject: vm.name, hostId: vm.hostId })
    },
    execute: async ({ input, model, signal }) => {
      const vm = requireVm(model(), input.vmId)
      const { memoryMiB, dirtyMiBs } = await measure(hosts.get(vm.hostId), vm, clock, signal)
      return decideEstimate({
        memoryMiB,
        dirtyMiBs,
        limitMiBs: input.bandwidthMiBs ?? null,
        measuredMiBs: input.hostId === undefined ? null : paces.between(vm.hostId, input.hostId),
      })
    },
  }
}

/**
 * Has the host watch for a second which pages the guest writes to. A libvirt before 7.2, or a QEMU before 5.2, cannot: then only what it holds is known.
 * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainStartDirtyRateCalc. Errors: those of the link.
 */
async function measure(
  link: HostLink,
  vm: Vm,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly memoryMiB: number; readonly dirtyMiBs: number | null }> {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const limits = { timeoutMs: CALL_TIMEOUT_MS, signal }
  const read = async () => {
    const asked = { doms: [dom], stats: STATISTICS, flags: 0 }
    const { retStats } = await link.control().call('CONNECT_GET_ALL_DOMAIN_STATS', asked, limits)
    return typedParametersToObject(retStats[0]?.params ?? [])
  }
  let isWatched = true
  try {
    await link.control().call('DOMAIN_START_DIRTY_RATE_CALC', { dom, seconds: MEASURE_SECONDS, flags: 0 }, limits)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    // Somebody else may have it watched just now: what comes of that is as good.
    isWatched = false
  }
  const endMs = clock.monotonicMs() + GIVE_UP_AFTER_MS
  for (;;) {
    const told = await read()
    const status = Number(told['dirtyrate.calc_status'] ?? 0)
    isWatched ||= status === MEASURING
    const heldKiB = Math.min(Number(told['balloon.rss'] ?? vm.memoryKiB), vm.memoryKiB)
    const memoryMiB = Math.ceil(heldKiB / MIB_KIB)
    if (status === MEASURED) return { memoryMiB, dirtyMiBs: Number(told['dirtyrate.megabytes_per_second'] ?? 0) }
    if (!isWatched || clock.monotonicMs() >= endMs) return { memoryMiB, dirtyMiBs: null }
    signal.throwIfAborted()
    await new Promise<void>((resolve) => {
      clock.after(LOOK_EVERY_MS, resolve)
    })
  }
}

import type { HostId, Vm } from '../../../shared/domain/index.ts'
import type { AppError } from '../../../shared/errors/index.ts'
import {
  exclusive,
  inspectNothing,
  type ModelSnapshot,
  type PlanDraft,
  type StepHandler,
  shared,
} from '../../engine/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { createMoveSteps, fetchMovableXml, hostName, planMove, requireVm, vmSubject } from '../../vm/index.ts'
import { askDestination, fetchNeeds } from '../ask-destination.ts'
import { askForRoom, type DiskCopy, fetchCopies } from '../local-disks.ts'
import { splitLocalDisks } from './copy-disks.ts'
import type { MigrationDependencies } from './dependencies.ts'
import { copiesOfStopped, createDiskSteps, planDisks } from './send-disks.ts'

/**
 * How a machine that is down moves: the other host is asked, gets disks that only the first one has where that is wanted, and then the definition;
 * then the first one lets go. Pure.
 */
export function planStopped(model: ModelSnapshot, vm: Vm, destinationId: HostId, copyDisks: boolean): PlanDraft {
  const sides = { from: vm.hostId, to: destinationId }
  const params = { vm: vm.name, host: hostName(model, vm.hostId), destination: hostName(model, destinationId) }
  const disks = planDisks(sides, params)
  return {
    locks: [exclusive(`vm:${vm.id}`), shared(`host:${vm.hostId}`), shared(`host:${destinationId}`)],
    touches: [vmSubject(model, { vmId: vm.id })],
    steps: [
      {
        action: 'check-stopped',
        hostId: destinationId,
        text: { key: 'migrate-check', params },
        cancellable: true,
        data: sides,
      },
      ...(copyDisks ? [disks.before] : []),
      ...planMove(model, vm, destinationId),
      ...(copyDisks ? [disks.after] : []),
    ],
  }
}

export function createStoppedSteps(
  dependencies: MigrationDependencies,
): Record<'check-stopped' | 'send-disks' | 'define' | 'undefine' | 'let-disks-go', StepHandler<'vm.migrate'>> {
  const { hosts } = dependencies
  return {
    'check-stopped': {
      run: async ({ input, model, step, signal }) => {
        const vm = requireVm(model(), input.vmId)
        const { from, to } = step.data as { readonly from: HostId; readonly to: HostId }
        const sides = { source: hosts.get(from), destination: hosts.get(to) }
        const { obstacles, copies } = await askForStopped(sides, vm, model(), { copyDisks: input.copyDisks, signal })
        if (obstacles[0] !== undefined) throw obstacles[0]
        return { copies }
      },
      inspect: inspectNothing,
    },
    ...createMoveSteps(dependencies, 'vm.migrate', (results) => copiesOfStopped(results).map(({ path }) => path)),
    ...createDiskSteps(dependencies),
  }
}

/**
 * What only the hosts know of a machine that is down: what binds it to the one, and which of its disks the other does not see. Whether it could
 * run there is asked when it is started. `copies`: disks that go along. Errors: those of the links; vm.bound-to-host is thrown.
 */
export async function askForStopped(
  { source, destination }: { readonly source: HostLink; readonly destination: HostLink },
  vm: Vm,
  model: ModelSnapshot,
  { copyDisks, signal }: { readonly copyDisks: boolean; readonly signal: AbortSignal },
): Promise<{ readonly obstacles: readonly AppError[]; readonly copies: readonly DiskCopy[] }> {
  const { needs, local } = splitLocalDisks(model, await fetchNeeds(source, vm, signal), copyDisks)
  const along = local.map(({ path }) => path)
  await fetchMovableXml(source, vm, model, along)
  const asked = { ...needs, files: [], bridges: [], cpuXml: null }
  const obstacles = await askDestination(destination, asked, signal)
  const copies = await fetchCopies(source, local, signal)
  return { obstacles: [...obstacles, ...(await askForRoom(destination, copies, signal))], copies }
}

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
import type { MigrationDependencies } from './dependencies.ts'

/** How a machine that is down moves: the other host is asked, then it gets the definition, then the first one lets go. Pure. */
export function planStopped(model: ModelSnapshot, vm: Vm, destinationId: HostId): PlanDraft {
  const params = { vm: vm.name, host: hostName(model, vm.hostId), destination: hostName(model, destinationId) }
  return {
    locks: [exclusive(`vm:${vm.id}`), shared(`host:${vm.hostId}`), shared(`host:${destinationId}`)],
    touches: [vmSubject(model, { vmId: vm.id })],
    steps: [
      {
        action: 'check-stopped',
        hostId: destinationId,
        text: { key: 'migrate-check', params },
        cancellable: true,
        data: { from: vm.hostId, to: destinationId },
      },
      ...planMove(model, vm, destinationId),
    ],
  }
}

export function createStoppedSteps(
  dependencies: MigrationDependencies,
): Record<'check-stopped' | 'define' | 'undefine', StepHandler<'vm.migrate'>> {
  const { hosts } = dependencies
  return {
    'check-stopped': {
      run: async ({ input, model, step, signal }) => {
        const vm = requireVm(model(), input.vmId)
        const { from, to } = step.data as { readonly from: HostId; readonly to: HostId }
        const sides = { source: hosts.get(from), destination: hosts.get(to) }
        const [obstacle] = await askForStopped(sides, vm, model(), signal)
        if (obstacle !== undefined) throw obstacle
        return null
      },
      inspect: inspectNothing,
    },
    ...createMoveSteps(dependencies, 'vm.migrate'),
  }
}

/**
 * What only the hosts know of a machine that is down: what binds it to the one, and which of its disks the other does not see. Whether it could
 * run there is asked when it is started. Errors: those of the links; vm.bound-to-host is thrown.
 */
export async function askForStopped(
  { source, destination }: { readonly source: HostLink; readonly destination: HostLink },
  vm: Vm,
  model: ModelSnapshot,
  signal: AbortSignal,
): Promise<AppError[]> {
  await fetchMovableXml(source, vm, model)
  const { disks, ...needs } = await fetchNeeds(source, vm, signal)
  return askDestination(destination, { ...needs, disks, files: [], bridges: [], cpuXml: null }, signal)
}

import { type HostId, hostIdSchema, type Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { type ModelSnapshot, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import { inactiveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import { createMoveSteps, planMove } from '../change/move-steps.ts'
import { createRestoreSteps, planRestore } from '../change/restore-steps.ts'
import { onVm } from '../domain-action.ts'
import type { DefinitionWriter } from '../edit/definition-writer.ts'
import { isBehind, takeUpProfiles } from '../edit/nic-profiles.ts'
import { hostName, planOnVm, requireVm } from '../rules.ts'
import { decideStart } from '../scheduler/decide-start.ts'
import { diskPathsOf, inspectStart, START_TIMEOUT_MS, startDomain } from '../start-domain.ts'
import type { VmStartDependencies } from './dependencies.ts'

/**
 * Starts a VM: where it is defined, or on the host of its cluster that is named, or, where its own host cannot run it now, on one that can.
 * Its definition moves there first, or, where nobody can ask that host, what is known of it. One with a saved state goes on from there.
 */
export function createStart(
  dependencies: VmStartDependencies & Pick<DefinitionWriter, 'writeDefinition'>,
): OperationHandler<'vm.start'> {
  const { hosts, policy, abilities, promises } = dependencies
  const base = onVm(hosts, 'start')

  /** Network cards whose profiles were changed while nobody could tell the host of it. */
  async function takeUp(context: StepContext<'vm.start'>, vm: Pick<Vm, 'id' | 'name' | 'hostId'>): Promise<void> {
    const link = hosts.get(vm.hostId)
    const stored = await inactiveXmlOf(link, vm)
    const xml = withXmlErrors(vm, () => takeUpProfiles(stored, context.model()))
    if (xml !== stored) await dependencies.writeDefinition(context, 'vm.start', { vm, link, xml })
  }

  return {
    name: 'vm.start',
    ...base,
    validate: (model, { vmId, hostId, confirmed }) => {
      const vm = model.vms.get(vmId)
      if (vm === undefined) return new AppError('vm.not-found', { vmId })
      const place = decideStart(model, vm, hostId, policy, confirmed)
      return place instanceof AppError ? place : null
    },
    admit: async (_identity, { vmId, hostId, confirmed }, model) => {
      const vm = model.vms.get(vmId)
      const place = vm === undefined ? null : decideStart(model, vm, hostId, policy, confirmed)
      // Where it stays, its own host says what it lacks.
      const stays = place === null || (!(place instanceof AppError) && place.movesFrom === null)
      if (vm !== undefined && !stays) await abilities.refreshCluster(vm.clusterId)
      return null
    },
    auditParams: ({ paused, discardSavedState, confirmed }) => ({ paused, discardSavedState, confirmed }),
    plan: (model, input) => {
      const vm = requireVm(model, input.vmId)
      const restores = vm.hasManagedSave && !input.discardSavedState
      const place = decideStart(model, vm, input.hostId, policy, input.confirmed)
      if (place instanceof AppError) throw place
      const draft = planOnVm(model, input.vmId, [
        { action: 'start', key: restores ? 'restoring' : 'starting', goesOn: true },
      ])
      if (place.movesFrom === null) return draft
      const moving = place.isLost === true ? planRestore(model, vm, place.hostId) : planMove(model, vm, place.hostId)
      return planMoved(model, vm, place.hostId, draft, moving)
    },
    // One that did not start is not started hours later, when nobody expects it any more.
    afterCrash: 'undo',
    steps: {
      ...createMoveSteps(dependencies, 'vm.start'),
      ...createRestoreSteps(dependencies),
      start: {
        timeoutMs: START_TIMEOUT_MS,
        run: async (context) => {
          const { input, step, model } = context
          const vm = requireVm(model(), input.vmId)
          const { id: vmId, name, memoryKiB } = vm
          const hostId = hostIdSchema.parse(step.hostId)
          const restores = step.text.key === 'restoring'
          const { paused, discardSavedState: bootsAnew } = input
          const diskPaths = diskPathsOf(vm)
          const request = { vmId, name, hostId, paused, bootsAnew, restores, diskPaths, command: 'vm.start' }
          const takeBack = promises.make(hostId, vmId, memoryKiB)
          try {
            if (!restores && isBehind(vm, model())) await takeUp(context, { id: vmId, name, hostId })
            await startDomain(dependencies, request, context)
          } finally {
            takeBack()
          }
          return null
        },
        inspect: ({ input, step }) => inspectStart(hosts, { hostId: step.hostId, vmId: input.vmId }),
      },
    },
    output: () => ({}),
  }
}

function planMoved(
  model: ModelSnapshot,
  vm: Vm,
  target: HostId,
  { locks, touches, steps }: ReturnType<typeof planOnVm>,
  moving: ReturnType<typeof planMove>,
): ReturnType<typeof planOnVm> {
  const onTarget = { vm: vm.name, host: hostName(model, target) }
  return {
    locks: [...locks, shared(`host:${target}`)],
    touches,
    steps: [
      ...moving,
      ...steps.map(({ text, ...step }) => ({ ...step, hostId: target, text: { ...text, params: onTarget } })),
    ],
  }
}

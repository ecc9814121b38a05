import type { OperationHandler } from '../../engine/index.ts'
import { onVm } from '../domain-action.ts'
import { planOnVm, requireVm } from '../rules.ts'
import { inspectStart, START_TIMEOUT_MS, startDomain } from '../start-domain.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** Starts a VM where it is defined; one with a saved state goes on from there. */
export function createStart(dependencies: VmCommandDependencies): OperationHandler<'vm.start'> {
  const { hosts } = dependencies
  return {
    name: 'vm.start',
    ...onVm(hosts, 'start'),
    auditParams: ({ paused, discardSavedState }) => ({ paused, discardSavedState }),
    plan: (model, input) => {
      const restores = requireVm(model, input.vmId).hasManagedSave && !input.discardSavedState
      return planOnVm(model, input.vmId, [{ action: 'start', key: restores ? 'restoring' : 'starting', goesOn: true }])
    },
    // One that did not start is not started hours later, when nobody expects it any more.
    afterCrash: 'undo',
    steps: {
      start: {
        timeoutMs: START_TIMEOUT_MS,
        run: async (context) => {
          const { input, step, model } = context
          const { id: vmId, name, hostId } = requireVm(model(), input.vmId)
          const restores = step.text.key === 'restoring'
          const { paused, discardSavedState: bootsAnew } = input
          await startDomain(
            dependencies,
            { vmId, name, hostId, paused, bootsAnew, restores, command: 'vm.start' },
            context,
          )
          return null
        },
        inspect: ({ input, step }) => inspectStart(hosts, { hostId: step.hostId, vmId: input.vmId }),
      },
    },
    output: () => ({}),
  }
}

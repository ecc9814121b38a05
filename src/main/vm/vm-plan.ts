import type { VmId } from '../../shared/domain/index.ts'
import { exclusive, type ModelSnapshot, type PlanDraft, type StepDraft, shared } from '../engine/index.ts'
import { hostName, requireVm, vmSubject } from './rules.ts'

/** A step on a VM's host, as a command on one VM drafts it; text parameters `vm` and `host` come by themselves. */
export type VmStepDraft = Omit<StepDraft, 'text' | 'hostId'> & { readonly key: string }

/**
 * The plan of a command on one VM where it is: nobody else changes the VM meanwhile, and its host stays in the inventory.
 * Throws vm.not-found.
 */
export function planOnVm(model: ModelSnapshot, vmId: VmId, steps: readonly VmStepDraft[]): PlanDraft {
  const vm = requireVm(model, vmId)
  const params = { vm: vm.name, host: hostName(model, vm.hostId) }
  return {
    locks: [exclusive(`vm:${vmId}`), shared(`host:${vm.hostId}`)],
    touches: [vmSubject(model, { vmId })],
    steps: steps.map(({ key, ...step }) => ({ ...step, hostId: vm.hostId, text: { key, params } })),
  }
}

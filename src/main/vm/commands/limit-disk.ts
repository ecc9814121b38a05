import { DISK_LIMIT_ELEMENTS, type DiskLimitField } from '../../../shared/domain/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { typedParameter } from '../../hosts/index.ts'
import { onVm } from '../domain-action.ts'
import { decideDiskThere } from '../edit/decide-disk-there.ts'
import { changeLimits, hasLimits } from '../edit/disk-limits.ts'
import { decideAction } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, waitingOf } from './device-change.ts'

/** Says how much a VM may do to one of its disks each second. */
export function createLimitDisk(dependencies: VmEditDependencies): OperationHandler<'vm.limit-disk'> {
  return {
    name: 'vm.limit-disk',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, { vmId, target }) => decideAction(model, vmId, 'edit') ?? decideDiskThere(model, vmId, target),
    auditParams: ({ target, limits }) => ({
      target,
      ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null)),
    }),
    plan: (model, { vmId }) => planDeviceChange(model, vmId, { define: 'limiting-disk', plug: 'limiting-disk-now' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.limit-disk', ({ input: { target, limits } }) => ({
      change: (xml) => changeLimits(xml, target, limits),
      calls: (running) => {
        if (hasLimits(running, target, limits) !== false) return []
        const fields = Object.keys(DISK_LIMIT_ELEMENTS) as DiskLimitField[]
        // libvirt takes 0 for "no limit".
        const params = fields.map((field) =>
          typedParameter('ullong', DISK_LIMIT_ELEMENTS[field], BigInt(limits[field] ?? 0)),
        )
        return [{ kind: 'limit', target, params }]
      },
    })),
    output: ({ results }) => waitingOf(results),
  }
}

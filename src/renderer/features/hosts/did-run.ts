import type { Vm, VmStatus } from '../../../shared/domain/index.ts'

const NOT_RUNNING: ReadonlySet<VmStatus> = new Set(['down', 'suspended', 'unknown', 'image-locked', 'image-illegal'])

/** Whether a VM of a lost host ran when the host was last heard. Pure. */
export function didRun({ lastStatus }: Pick<Vm, 'lastStatus'>): boolean {
  return lastStatus !== null && !NOT_RUNNING.has(lastStatus)
}

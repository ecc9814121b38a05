export { vmKind } from './kind.tsx'
export { VM_STATUSES, vmStatusTone, vmTone } from './status.ts'

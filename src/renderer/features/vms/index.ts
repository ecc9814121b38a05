export { vmKind } from './kind.tsx'
export { vmTone } from './status.ts'

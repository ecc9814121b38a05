export { storageKind } from './kind.tsx'

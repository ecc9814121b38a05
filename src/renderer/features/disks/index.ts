export { diskKind } from './kind.tsx'

export { DataTable } from './DataTable.tsx'
export type { Column } from './table-state.ts'

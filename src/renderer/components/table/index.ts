export type { DataTableProps } from './DataTable.tsx'
export { DataTable } from './DataTable.tsx'
export type { Column, Sorting } from './table-state.ts'
export { selectRow, sortRows } from './table-state.ts'

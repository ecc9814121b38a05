import type { Column } from '../../components/table/index.ts'

/** A spreadsheet takes what begins with one of these for a formula, and names come from hosts. */
const FORMULA = /^[=+\-@\t\r]/
/** Tells spreadsheets that it is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF'

/**
 * Rows as a CSV file (RFC 4180): the values that the columns sort by, so that numbers stay numbers, in the unit that a column names.
 * Columns without such a value are left out. Pure.
 */
export function buildCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const told = columns.filter(({ sortBy }) => sortBy !== undefined)
  const head = told.map(({ title, unit }) => (unit === undefined ? title : `${title} (${unit})`))
  const lines = [head, ...rows.map((row) => told.map(({ sortBy }) => sortBy?.(row) ?? ''))]
  return BYTE_ORDER_MARK + lines.map((line) => `${line.map(toCell).join(',')}\r\n`).join('')
}

function toCell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

// Characters that terminals draw two columns wide: Hangul, Han, Kana, full-width forms, emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/gu

/** Columns that a terminal uses for `text`. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += WIDE.test(character) ? 2 : 1
  return columns
}

/** Names come from hosts: what could steer a terminal is shown as `?`. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, '?')
}

/** Aligned columns, two spaces apart, one line a row, with the heads in the first. */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, ...rows].map((row) => row.map(printable))
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => columnsOf(line[column] ?? ''))))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

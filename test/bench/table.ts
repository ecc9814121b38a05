import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import type { BenchResult } from './bench.ts'

const readme = resolve(import.meta.dirname, '../../README.md')
const begin = '<!-- bench -->'
const end = '<!-- /bench -->'

/** A Markdown table of the results. */
export function formatTable(results: readonly BenchResult[]): string {
  return [...head(), ...results.map(formatRow)].join('\n')
}

function formatRow(result: BenchResult): string {
  return formatLine([
    result.name,
    `${round(result.ours)} ${result.unit}`,
    result.peer === null ? '—' : `${round(result.peer)} ${result.unit}`,
    result.ratio === null ? '—' : `${result.ratio.toFixed(2)} ×`,
    result.target,
    result.target === '—' ? '' : result.met ? 'yes' : '**no**',
  ])
}

/**
 * Puts the results between the bench markers of the README. Rows of what was not measured this time stay as they are. Throws when
 * the markers are missing.
 */
export async function writeReadmeTable(results: readonly BenchResult[]): Promise<void> {
  const text = await readFile(readme, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`README.md has no ${begin} … ${end}`)
  const where = `Measured with \`npm run bench\` on ${cpus().length} cores, Node ${process.versions.node}.`
  const rows = new Map(
    text
      .slice(from, to)
      .split('\n')
      .filter(isRow)
      .map((row) => [nameOf(row), row]),
  )
  for (const result of results) rows.set(result.name, formatRow(result))
  const body = `${begin}\n${[...head(), ...rows.values()].join('\n')}\n\n${where}\n`
  await writeFile(readme, text.slice(0, from) + body + text.slice(to))
}

function head(): readonly string[] {
  return [
    ['What', 'Virtdeck', 'Peer', 'Ratio', 'Target', 'Met'],
    ['---', '---:', '---:', '---:', '---', '---'],
  ].map(formatLine)
}

const formatLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const nameOf = (row: string): string => row.split('|')[1]?.trim() ?? ''

const isRow = (line: string): boolean => line.startsWith('|') && !head().includes(line)

function round(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
}

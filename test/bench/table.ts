import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import type { BenchResult } from './bench.ts'

const readme = resolve(import.meta.dirname, '../../README.md')
const begin = '<!-- bench -->'
const end = '<!-- /bench -->'

/** A Markdown table of the results. */
export function formatTable(results: readonly BenchResult[]): string {
  const rows = results.map((result) => [
    result.name,
    `${round(result.ours)} ${result.unit}`,
    result.peer === null ? '—' : `${round(result.peer)} ${result.unit}`,
    result.ratio === null ? '—' : `${result.ratio.toFixed(2)} ×`,
    result.target,
    result.target === '—' ? '' : result.met ? 'yes' : '**no**',
  ])
  const lines = [['What', 'Virtdeck', 'Peer', 'Ratio', 'Target', 'Met'], rule(), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Replaces what stands between the bench markers of the README. Throws when the markers are missing. */
export async function writeReadmeTable(results: readonly BenchResult[]): Promise<void> {
  const text = await readFile(readme, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`README.md has no ${begin} … ${end}`)
  const where = `Measured with \`npm run bench\` on ${cpus().length} cores, Node ${process.versions.node}.`
  const body = `${begin}\n${formatTable(results)}\n\n${where}\n`
  await writeFile(readme, text.slice(0, from) + body + text.slice(to))
}

function rule(): string[] {
  return ['---', '---:', '---:', '---:', '---', '---']
}

function round(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
}

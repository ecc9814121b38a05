// How long the project's files are: median, longest, and those over the limit.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { projectDir } from './node24.mjs'

const limit = 600
const folders = ['src', 'test', 'tools', 'resources']
const counted = /\.(ts|tsx|mjs|cjs|css)$/
const generated = /\.gen\.ts$/

/** `{ ok, output }`: not ok when a hand-written file is over 600 lines. */
export function reportFileLengths() {
  const files = folders.flatMap((folder) => list(join(projectDir, folder)))
  const lengths = files
    .map((file) => ({ file: relative(projectDir, file), lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .sort((a, b) => b.lines - a.lines)
  const median = lengths[Math.floor(lengths.length / 2)]?.lines ?? 0
  const tooLong = lengths.filter((entry) => entry.lines > limit)
  const longest = lengths.slice(0, 5).map((entry) => `${entry.file} ${entry.lines}`)
  const summary = `${lengths.length} files, median ${median} lines, longest: ${longest.join(', ')}`
  const output = [summary, ...tooLong.map((entry) => `over ${limit} lines: ${entry.file} (${entry.lines})`)].join('\n')
  return { ok: tooLong.length === 0 && lengths.length > 0, output, summary }
}

function list(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return list(path)
    return counted.test(entry.name) && !generated.test(entry.name) ? [path] : []
  })
}

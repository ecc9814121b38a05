import { benchAppChanges } from './app-changes.ts'
import { benchAppIdle } from './app-idle.ts'
import { benchAppStart } from './app-start.ts'
import type { Bench, BenchResult } from './bench.ts'
import { benchBulk } from './bulk.ts'
import { benchEngineScale } from './engine-scale.ts'
import { benchEngineStart } from './engine-start.ts'
import { benchLibvirtBulk } from './libvirt-bulk.ts'
import { benchLibvirtCalls } from './libvirt-calls.ts'
import { benchLibvirtSsh } from './libvirt-ssh.ts'
import { benchPageChanges } from './page-changes.ts'
import { formatTable, writeReadmeTable } from './table.ts'

/*
 * npm run bench [-- NAME …] [--readme]: runs every bench, or those whose name contains one of the words, prints a table and
 * the same as JSON; `--readme` also puts the table into README.md. Exits with 1 when a target is missed.
 */

const benches: Readonly<Record<string, Bench>> = {
  'libvirt-calls': benchLibvirtCalls,
  'libvirt-ssh': benchLibvirtSsh,
  'libvirt-bulk': benchLibvirtBulk,
  'app-changes': benchAppChanges,
  'app-start': benchAppStart,
  'app-idle': benchAppIdle,
  'page-changes': benchPageChanges,
  bulk: benchBulk,
  'engine-scale': benchEngineScale,
  'engine-start': benchEngineStart,
}

const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const chosen = Object.entries(benches).filter(
  ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
)
const results: BenchResult[] = []
for (const [name, bench] of chosen) {
  console.error(`bench ${name} …`)
  results.push(...(await bench()))
}
console.log(formatTable(results))
console.log(JSON.stringify(results, null, 1))
if (process.argv.includes('--readme')) await writeReadmeTable(results)
process.exitCode = results.length > 0 && results.every((result) => result.met) ? 0 : 1

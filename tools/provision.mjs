// Makes a fresh clone usable: the packages of package-lock.json, Node 24, and, for tests, Debian's packages.
// Runs on Node ≥ 20 with nothing installed; takes some milliseconds when nothing lacks.
//   node tools/provision.mjs [--system]
import { pathToFileURL } from 'node:url'
import { ensureNodePackages } from './lib/node-packages.mjs'
import { requireNode24 } from './lib/node24.mjs'
import { ensureSystemPackages } from './lib/system-packages.mjs'

/**
 * Provides what lacks and says what it does. With `system`, also what tests need of the system; returns the system
 * packages that are still missing then (`{ lab, browser }`, empty lists when all is there).
 */
export async function provision({ system = false } = {}) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    console.error(`Virtdeck needs Node 20 or newer; this is ${process.version}.`)
    process.exit(1)
  }
  await ensureNodePackages()
  requireNode24()
  return system ? ensureSystemPackages() : { lab: [], browser: [] }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const missing = await provision({ system: process.argv.includes('--system') })
  process.exitCode = missing.lab.length + missing.browser.length > 0 ? 1 : 0
}

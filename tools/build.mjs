// Builds the app into out/ (Electron's main and preload, the engine's program, the page), when its sources changed.
//   node tools/build.mjs [--force]
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { environment, projectDir, requireNode24 } from './lib/node24.mjs'
import { runShown, say, withFileLock } from './lib/steps.mjs'
import { provision } from './provision.mjs'

const stampFile = join(projectDir, 'out/.stamp')
const sources = [
  'src',
  'tools/licences',
  'tools/licences-plugin.ts',
  'tools/compile-hints-plugin.ts',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]

/** Builds unless out/ fits the sources already; looking costs some 10 ms. Ends the process with the build's output when it fails. */
export async function build({ force = false } = {}) {
  if (!force && isFresh()) return
  const code = await withFileLock(join(projectDir, '.provision-stamp.build-lock'), async () => {
    if (!force && isFresh()) return 0
    const started = performance.now()
    say('building (electron-vite)')
    // taken before the build: a file that is saved meanwhile makes the next start build again
    const stamp = computeStamp()
    rmSync(stampFile, { force: true })
    const node = requireNode24()
    const program = join(projectDir, 'node_modules/electron-vite/bin/electron-vite.js')
    const args = [program, 'build', '--logLevel', 'warn']
    const code = await runShown(node, args, { cwd: projectDir, env: environment(node), shell: false })
    if (code !== 0) return code
    mkdirSync(join(projectDir, 'out'), { recursive: true })
    writeFileSync(stampFile, stamp)
    say(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
    return 0
  })
  if (code === 0) return
  console.error(`The build failed (exit code ${code}); its output above says where.`)
  process.exit(1)
}

function isFresh() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === computeStamp()
}

function computeStamp() {
  const hash = createHash('sha256')
  const visit = (path) => {
    const info = lstatSync(path, { throwIfNoEntry: false })
    if (!info) return
    if (info.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else hash.update(`${path}\0${info.mtimeMs}\0${info.size}\n`)
  }
  for (const name of sources) visit(join(projectDir, name))
  return hash.digest('hex')
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await provision()
  await build({ force: process.argv.includes('--force') })
}

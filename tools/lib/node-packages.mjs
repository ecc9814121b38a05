// node_modules as package-lock.json wants it: `npm ci` where it is not.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectDir } from './node24.mjs'
import { runShown, say, withFileLock } from './steps.mjs'

const modulesDir = join(projectDir, 'node_modules')
const stampFile = join(modulesDir, '.virtdeck-stamp')
const lockFile = join(projectDir, 'package-lock.json')

/** Installs the packages where they are missing or others than the lockfile says; some milliseconds when nothing lacks. */
export async function ensureNodePackages() {
  if (readStamp() === wantedStamp()) return
  const code = await withFileLock(join(projectDir, '.provision-stamp.lock'), async () => {
    if (readStamp() === wantedStamp()) return 0
    const failed = isInstalled() ? 0 : await install()
    if (failed !== 0) return failed
    linkLauncher()
    writeFileSync(stampFile, wantedStamp())
    return 0
  })
  if (code === 0) return
  console.error(
    `npm ci failed (exit code ${code}). Its message above says why; the network or the registry is the usual reason.`,
  )
  process.exit(1)
}

function wantedStamp() {
  return createHash('sha256').update(readFileSync(lockFile)).update(`${process.platform}-${process.arch}`).digest('hex')
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
}

/** Whether what npm noted in node_modules has every package of the lockfile in its version (optional ones apart: they depend on the platform). */
function isInstalled() {
  try {
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
    const present = JSON.parse(readFileSync(join(modulesDir, '.package-lock.json'), 'utf8')).packages
    return Object.entries(wanted).every(
      ([path, entry]) => path === '' || entry.optional || entry.devOptional || present[path]?.version === entry.version,
    )
  } catch {
    return false
  }
}

function install() {
  say('installing the packages of package-lock.json (npm ci)')
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: projectDir, shell: false }
  return npm?.endsWith('.js')
    ? runShown(process.execPath, [npm, ...args], options)
    : runShown('npm', args, { ...options, shell: process.platform === 'win32' })
}

/** npm links the programs of packages, not those of the project itself: with this link `npx virtdeck` finds it at once. */
function linkLauncher() {
  const launcher = join(projectDir, 'resources/bin/virtdeck.mjs')
  if (process.platform === 'win32' || !existsSync(launcher)) return
  const link = join(modulesDir, '.bin/virtdeck')
  mkdirSync(join(modulesDir, '.bin'), { recursive: true })
  chmodSync(launcher, 0o755)
  if (!existsSync(link)) symlinkSync('../../resources/bin/virtdeck.mjs', link)
}

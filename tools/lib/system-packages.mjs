// The system packages that tests need: real hosts (lab) and a browser.
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { anyFile } from './glob.mjs'
import { projectDir } from './node24.mjs'
import { runShown, say } from './steps.mjs'

/** The system packages that are missing, by what needs them: `{ lab: string[], browser: string[] }`. */
export function findMissingSystemPackages() {
  const wanted = JSON.parse(readFileSync(join(projectDir, 'tools/system-packages.json'), 'utf8'))
  const missing = (entries) => entries.filter((entry) => !anyFile(entry.file)).map((entry) => entry.package)
  const browser = process.env.CHROMIUM_PATH ? [] : missing(wanted.browser)
  return { lab: missing(wanted.lab), browser }
}

/** The command that installs packages on Debian. */
export function installCommand(packages) {
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/**
 * Installs what is missing where that is ours to do: on Debian, as root. Says what it does, or what a person can do.
 * Returns what is missing afterwards, as findMissingSystemPackages does.
 */
export async function ensureSystemPackages() {
  const missing = findMissingSystemPackages()
  const packages = [...new Set([...missing.lab, ...missing.browser])]
  if (packages.length === 0) return missing
  if (process.platform !== 'linux') {
    say('the lab needs Linux and the browser tests a Chromium (CHROMIUM_PATH): their tests will be skipped')
    return missing
  }
  if (process.getuid() !== 0 || !existsSync('/etc/debian_version')) {
    say(`tests that need these packages will be skipped: ${packages.join(' ')}`)
    say(`on Debian, as root: ${installCommand(packages)}`)
    return missing
  }
  say(`installing system packages for the tests: ${packages.join(' ')}`)
  await withoutStartingDaemons(() => aptInstall(packages))
  return findMissingSystemPackages()
}

async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' }
  const update = await runShown('apt-get', ['-qq', 'update'], { env, shell: false })
  if (update !== 0) say(`apt-get update ended with exit code ${update}; trying with the lists that are there`)
  const args = [
    '-qq',
    '-y',
    '-o',
    'Dpkg::Use-Pty=0',
    '-o',
    'DPkg::Lock::Timeout=300',
    'install',
    '--no-install-recommends',
    ...packages,
  ]
  const code = await runShown('apt-get', args, { env, shell: false })
  if (code !== 0) say(`apt-get install ended with exit code ${code}`)
}

/** The lab starts daemons of its own, in namespaces: this machine's are not to start because we installed their programs. */
async function withoutStartingDaemons(work) {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return work()
  const remove = () => rmSync(policy, { force: true })
  // Ctrl+C ends this process in the middle: the machine must not keep a rule that lets no daemon start.
  process.on('exit', remove)
  writeFileSync(policy, '#!/bin/sh\nexit 101\n')
  chmodSync(policy, 0o755)
  try {
    return await work()
  } finally {
    process.off('exit', remove)
    remove()
  }
}

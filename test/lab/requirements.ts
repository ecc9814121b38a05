import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import packages from '../../tools/system-packages.json' with { type: 'json' }

/**
 * What this machine lacks for the lab, as sentences with the command that helps; empty when the lab can run.
 * Costs some milliseconds: files are looked for, one namespace is tried.
 */
export function findLacks(): string[] {
  if (process.platform !== 'linux') return ['The lab needs Linux: its hosts are network, mount and PID namespaces.']
  const lacks: string[] = []
  const missing = packages.lab.filter((entry) => globSync(entry.file).length === 0).map((entry) => entry.package)
  if (missing.length > 0) {
    const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`
    lacks.push(`These packages are missing. Install them (Debian, as root): ${command}`)
  }
  if (process.getuid?.() !== 0)
    lacks.push('The lab makes network namespaces: run it as root (sudo -E npm run lab -- …).')
  else if (spawnSync('unshare', ['-m', '-n', 'true']).status !== 0)
    lacks.push('Namespaces are not allowed here: in a container, it must be privileged (docker run --privileged).')
  return lacks
}

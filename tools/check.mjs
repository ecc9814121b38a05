// npm run check: everything that can be said of the code without running it. One line a check; the output of what failed.
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { reportFileLengths } from './lib/file-lengths.mjs'
import { endAll, runCaptured } from './lib/run-captured.mjs'
import { provision } from './provision.mjs'

const leastModules = 100

const checks = [
  // the longest first: two run at a time
  { name: 'types (tsc)', run: () => program('tsc', ['-p', '.']) },
  { name: 'oxlint, type-aware', run: () => program('oxlint', ['--type-aware', '--deny-warnings']) },
  { name: 'dependency-cruiser', run: cruise },
  { name: 'knip', run: () => program('knip', ['--no-progress']) },
  { name: 'biome', run: () => program('biome', ['check', '--error-on-warnings']) },
  { name: 'libvirt tables are as generated', run: () => program('node', ['tools/generate-libvirt.mjs', '--check']) },
  { name: 'package-lock.json is complete', run: () => program('node', ['tools/lockfile.mjs', '--check']) },
  { name: 'size-limit', run: () => program('size-limit', []) },
  { name: 'file lengths', run: async () => ({ ...reportFileLengths(), seconds: 0 }) },
]

/** Runs every check, two at a time; resolves with `{ name, ok, seconds }` of each. Needs a build in out/ for its size. */
export async function runChecks() {
  const waiting = [...checks]
  const results = []
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { ok, output, summary, seconds } = await check.run()
      console.log(`${ok ? 'ok  ' : 'FAIL'} ${check.name}${summary ? `: ${summary}` : ''} (${seconds.toFixed(1)} s)`)
      if (!ok) console.log(output.trimEnd().replace(/^/gm, '     '))
      results.push({ name: check.name, ok, seconds })
    }
  }
  await Promise.all([work(), work()])
  return results
}

async function program(name, args) {
  const { code, output, seconds } = await runCaptured(name, args)
  return { ok: code === 0, output, seconds }
}

/** With the wrong parser dependency-cruiser reads nothing and is content; so the modules are counted. */
async function cruise() {
  const { ok, output, seconds } = await program('depcruise', ['--config', '.dependency-cruiser.cjs', 'src'])
  const modules = Number(output.match(/(\d+) modules/)?.[1] ?? 0)
  if (ok && modules < leastModules)
    return { ok: false, output: `only ${modules} modules were read\n${output}`, seconds }
  return { ok, output, seconds, summary: `${modules} modules` }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      endAll()
      process.exit(130)
    })
  await provision()
  await build()
  const failed = (await runChecks()).filter((result) => !result.ok)
  console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.map((result) => result.name).join(', ')}`)
  process.exitCode = failed.length === 0 ? 0 : 1
}

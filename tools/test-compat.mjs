// npm run test:compat: links, storage and networks on hosts with libvirt's modular daemons, which Debian does not ship. The first
// run builds them from Debian's source package. The last line is `N passed, N failed, N skipped`.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { projectDir } from './lib/node24.mjs'
import { endAll, runCaptured } from './lib/run-captured.mjs'
import { say } from './lib/steps.mjs'
import { runVitest } from './lib/test-suites.mjs'
import { provision } from './provision.mjs'

/** Test files of the lab that must hold on these hosts too. */
const links = ['test/lab/host-link.test.ts']
const storage = ['test/lab/libvirt-machines.test.ts']
const setUps = [
  { libvirt: 'virtproxyd', files: [...links, ...storage] },
  { libvirt: 'modular', files: [...links, ...storage] },
  // no storage and no networks there
  { libvirt: 'virtqemud', files: links },
]
const buildLimitMs = 90 * 60_000
const resultsDir = join(projectDir, 'test-results/compat')

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    endAll()
    process.exit(130)
  })
}

await provision({ system: true })
say('the modular daemons: some minutes when they have to be built')
const prepared = await runCaptured('node', ['test/lab/cli.ts', 'prepare', 'modular'], { timeoutMs: buildLimitMs })
if (prepared.code !== 0) {
  console.error(prepared.output)
  process.exit(1)
}
rmSync(resultsDir, { recursive: true, force: true })

const results = [['modular daemons', await runVitest('compat', join(resultsDir, 'daemons'))]]
for (const { libvirt, files } of setUps) {
  const options = { files, env: { VIRTDECK_LAB_LIBVIRT: libvirt } }
  results.push([libvirt, await runVitest('lab', join(resultsDir, libvirt), options)])
}

const totals = { passed: 0, failed: 0, skipped: 0 }
console.log()
for (const [name, result] of results) {
  for (const key of Object.keys(totals)) totals[key] += result[key]
  console.log(`${name}: ${summarize(result)}`)
}
process.exitCode = totals.failed > 0 ? 1 : 0
console.log(summarize(totals))

function summarize({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

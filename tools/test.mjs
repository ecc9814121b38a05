// npm test: provisions, builds, checks, and runs every test. The last line is `N passed, N failed, N skipped`.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { runChecks } from './check.mjs'
import { projectDir } from './lib/node24.mjs'
import { endAll, runCaptured } from './lib/run-captured.mjs'
import { say } from './lib/steps.mjs'
import { installCommand } from './lib/system-packages.mjs'
import { countTestFiles, runPlaywright, runVitest } from './lib/test-suites.mjs'
import { provision } from './provision.mjs'

const isCi = process.env.CI === 'true' || process.env.CI === '1'
const resultsDir = join(projectDir, 'test-results')
const times = []

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    endAll()
    process.exit(130)
  })
}

const missing = await timed('provision', () => provision({ system: true }))
await timed('build', () => build())
rmSync(resultsDir, { recursive: true, force: true })

const obstacles = await findObstacles()
// Made beside the first suites: on a new machine it takes a minute, which the lab's suites would wait for.
const debian13 = obstacles.lab ? undefined : runCaptured('nice', ['node', 'test/lab/cli.ts', 'prepare'])
const suites = [
  { name: 'check', needs: [], run: runCheckSuite },
  { name: 'unit', needs: [], run: () => runVitest('unit', resultsDir) },
  { name: 'libvirt', needs: ['lab'], run: () => runVitest('libvirt', resultsDir) },
  { name: 'lab', needs: ['lab'], run: runLabSuite },
  { name: 'electron', needs: ['browser'], run: () => runVitest('electron', resultsDir) },
  { name: 'e2e', needs: ['lab', 'browser'], run: () => runPlaywright(resultsDir) },
]

const totals = { passed: 0, failed: 0, skipped: 0 }
const failedSuites = []
for (const suite of suites) {
  const obstacle = suite.needs.map((need) => obstacles[need]).find(Boolean)
  console.log(`\n== ${suite.name}`)
  const result = obstacle ? skip(suite.name, obstacle) : await timed(suite.name, suite.run)
  for (const key of ['passed', 'failed', 'skipped']) totals[key] += result[key]
  if (result.failed > 0) failedSuites.push(suite.name)
  console.log(`-- ${suite.name}: ${summarize(result)}`)
}

console.log('\nWhere the time went:')
for (const { name, seconds } of times) console.log(`  ${name.padEnd(10)} ${seconds.toFixed(1).padStart(7)} s`)
if (failedSuites.length > 0) console.log(`Failed: ${failedSuites.join(', ')}`)
if (isCi && totals.skipped > 0) console.log('CI=true: a skipped test is a failure.')
process.exitCode = totals.failed > 0 || (isCi && totals.skipped > 0) ? 1 : 0
console.log(summarize(totals))

/** What keeps the lab or the browser from running here, as a sentence; undefined where nothing does. */
async function findObstacles() {
  const lab = await runCaptured('node', ['test/lab/cli.ts', 'requirements'])
  return {
    lab: lab.code === 0 ? undefined : lab.output.trim(),
    browser:
      missing.browser.length === 0
        ? undefined
        : `No browser for the tests. On Debian, as root: ${installCommand(missing.browser)}`,
  }
}

function skip(name, obstacle) {
  const files = countTestFiles(name)
  say(`${name}: ${files} test files skipped. ${obstacle}`)
  return { passed: 0, failed: 0, skipped: files }
}

async function runLabSuite() {
  const made = await timed('Debian 13', () => debian13)
  if (made.code !== 0) say(`no root for hosts of Debian 13: ${made.output.trim()}`)
  const own = JSON.parse((await runCaptured('node', ['test/lab/cli.ts', 'own-tests'])).output)
  if (own.passed) say(`not run, for they have passed with the lab as it is: ${own.files.join(', ')}`)
  const result = await runVitest('lab', resultsDir, { exclude: own.passed ? own.files : [] })
  if (own.files.every((file) => result.passedFiles.includes(file)))
    await runCaptured('node', ['test/lab/cli.ts', 'own-tests', own.key])
  return result
}

async function runCheckSuite() {
  const results = await runChecks()
  const failed = results.filter((result) => !result.ok).length
  return { passed: results.length - failed, failed, skipped: 0 }
}

async function timed(name, work) {
  const started = performance.now()
  const result = await work()
  times.push({ name, seconds: (performance.now() - started) / 1000 })
  return result
}

function summarize({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

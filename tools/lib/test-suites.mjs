// Runs the suites of test/ and counts from what their runners report as JSON.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { projectDir } from './node24.mjs'
import { runCaptured } from './run-captured.mjs'

const suiteLimitMs = 20 * 60_000

/** Runs one project of vitest.config.ts, or some of its files; `{ passed, failed, skipped, passedFiles }`, the files' paths from the project's folder. */
export async function runVitest(project, resultsDir, { files = [], exclude = [], env = {} } = {}) {
  mkdirSync(resultsDir, { recursive: true })
  const file = join(resultsDir, `${project}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const args = ['run', '--project', project, ...reporters, ...exclude.map((name) => `--exclude=${name}`), ...files]
  const { code } = await runCaptured('vitest', args, { echo: true, env, timeoutMs: suiteLimitMs })
  const report = readReport(file)
  const counts = withExitCode(code, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  })
  const passed = report?.testResults.filter((result) => result.status === 'passed') ?? []
  return { ...counts, passedFiles: passed.map((result) => relative(projectDir, result.name)) }
}

/** Runs test/e2e; `{ passed, failed, skipped }`. */
export async function runPlaywright(resultsDir) {
  mkdirSync(resultsDir, { recursive: true })
  const file = join(resultsDir, 'e2e.json')
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file }
  const args = ['test', '--reporter=list,json']
  const { code } = await runCaptured('playwright', args, { echo: true, env, timeoutMs: suiteLimitMs })
  const stats = readReport(file)?.stats
  return withExitCode(code, {
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    skipped: stats?.skipped ?? 0,
  })
}

/** A runner that fails without a failed test (a file that can't be loaded, an error outside of a test) has failed all the same. */
function withExitCode(code, counts) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** How many test files a suite has. */
export function countTestFiles(suite) {
  const folder = join(projectDir, 'test', suite)
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { recursive: true }).filter((name) => /\.(test|spec)\.tsx?$/.test(name)).length
}

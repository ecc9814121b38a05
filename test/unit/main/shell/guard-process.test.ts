import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'

const GUARD = new URL('../../../../src/main/shell/guard-process.ts', import.meta.url).href

function run(code: string): Promise<string> {
  const script = `
    import { guardProcess } from '${GUARD}'
    guardProcess({ error: ({ err }, message) => console.log(message + ': ' + err.message) })
    ${code}
    setImmediate(() => setImmediate(() => console.log('alive')))
  `
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (_error, stdout) => resolve(stdout))
  })
}

test('a failure that nobody waited for is logged, and the process lives on; an exception still ends it', async () => {
  const rejected = await run('void Promise.reject(new Error("a loop ended"))')
  expect(rejected).toBe('a failure that nobody waited for: a bug: a loop ended\nalive\n')
  expect(await run('setImmediate(() => { throw new Error("half done") })')).toBe(
    'an exception that nobody caught: this process ends: half done\n',
  )
})

import { expect, test } from 'vitest'
import { onePlusOne } from '../../../../src/main/hosts/one-plus-one.ts'

function makeWork() {
  const runs: PromiseWithResolvers<void>[] = []
  const ask = onePlusOne(() => {
    const run = Promise.withResolvers<void>()
    runs.push(run)
    return run.promise
  })
  return { ask, runs }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('many requests during a run cause one more run, which the first one waits for', async () => {
  const { ask, runs } = makeWork()
  let ended = false
  const first = ask().then(() => {
    ended = true
  })
  await Promise.all([ask(), ask(), ask()])
  expect(runs).toHaveLength(1)
  runs[0]?.resolve()
  await turn()
  expect(runs).toHaveLength(2)
  expect(ended).toBe(false)
  runs[1]?.resolve()
  await first
  expect(runs).toHaveLength(2)
})

test('after a failure it can be asked for again', async () => {
  const { ask, runs } = makeWork()
  const failed = ask()
  runs[0]?.reject(new Error('away'))
  await expect(failed).rejects.toThrow('away')
  const second = ask()
  runs[1]?.resolve()
  await second
})

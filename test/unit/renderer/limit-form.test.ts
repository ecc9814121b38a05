import { expect, it } from 'vitest'
import { type LimitForm, limitFormSchema, limitsOf } from '../../../src/renderer/features/vms/hardware/limit-form.ts'
import { diskLimitsSchema } from '../../../src/shared/domain/index.ts'

const empty = { totalMiB: '', readMiB: '', writeMiB: '', totalOperations: '', readOperations: '', writeOperations: '' }
const wrongFields = (change: Partial<LimitForm>) =>
  limitFormSchema.safeParse({ ...empty, ...change }).error?.issues.map(({ path }) => path[0]) ?? []

it('stands for the limits of the command', () => {
  expect(limitsOf(empty)).toEqual(diskLimitsSchema.parse({}))
  expect(limitsOf({ ...empty, readMiB: '1,5', writeOperations: ' 500 ' })).toEqual(
    diskLimitsSchema.parse({ readBytesPerSecond: 1_572_864, writeOperationsPerSecond: 500 }),
  )
})

it.each([
  [{}, []],
  [{ totalMiB: '10', readOperations: '5' }, []],
  [{ totalMiB: '10', readMiB: '5' }, ['totalMiB']],
  [{ totalOperations: '10', writeOperations: '5' }, ['totalOperations']],
  [{ readMiB: 'much' }, ['readMiB']],
  [{ writeOperations: '1.5' }, ['writeOperations']],
] as const)('%j is wrong in %j', (change, fields) => {
  expect(wrongFields(change)).toEqual(fields)
})

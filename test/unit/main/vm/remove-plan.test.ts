import { expect, test } from 'vitest'
import { createVmRemove } from '../../../../src/main/vm/commands/remove.ts'
import { HOST_A, HOST_B, makeModel, makeVm, VM_ID } from './make-model.ts'
import { noMachineDisks } from './no-disks.ts'

test('a definition is taken from each host that has one, the machine’s own last', () => {
  const remove = createVmRemove({ machineDisks: () => noMachineDisks } as never)
  const model = makeModel(makeVm({ status: 'down', hostId: HOST_A, alsoDefinedOn: [HOST_B] }))
  const { steps } = remove.plan(model, { vmId: VM_ID, removeDisks: false }, {})
  expect(steps.map(({ action, hostId }) => [action, hostId])).toEqual([
    ['undefine', HOST_B],
    ['undefine', HOST_A],
  ])
})

import type { MachineDisks } from '../../../../src/main/disk/index.ts'

const refuse = (): never => {
  throw new Error('this test makes no disks')
}

/** For tests of what has nothing to do with disks. */
export const noMachineDisks: MachineDisks = {
  make: refuse,
  makeOf: refuse,
  settle: refuse,
  remove: refuse,
  inspect: refuse,
  writeHidden: refuse,
  removeHidden: refuse,
}

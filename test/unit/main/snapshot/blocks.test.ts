import { expect, test } from 'vitest'
import { decideWithoutSnapshots } from '../../../../src/main/disk/rules.ts'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import { decideMovable } from '../../../../src/main/migration/decide-migration.ts'
import { isOwnLayer } from '../../../../src/main/snapshot/snapshot-work.ts'
import type { Disk, DiskId, VmId } from '../../../../src/shared/domain/index.ts'
import { makeModel, makeVm, VM_ID } from '../vm/make-model.ts'

const DISK = 'eeeeeeee-0000-4000-8000-000000000005' as DiskId
const OTHER = 'cccccccc-0000-4000-8000-00000000000f' as VmId

const modelWith = (hasSnapshots: boolean, disk: Partial<Disk> = {}) => {
  const usedBy = [{ vmId: VM_ID, name: 'web', running: false }]
  const made = { id: DISK, path: '/data/layer', registered: false, usedBy, ...disk } as Disk
  return { ...makeModel(makeVm({ hasSnapshots })), disks: new EntityTable([[DISK, made]]) }
}

test('a machine with snapshots stays, and its disks keep their sizes', () => {
  const blocked = { code: 'snapshot.blocks', params: { name: 'web' } }
  expect(decideMovable(modelWith(true), VM_ID)).toMatchObject({ ...blocked, params: { action: 'vm.migrate' } })
  expect(decideWithoutSnapshots(modelWith(true), DISK, 'disk.resize')).toMatchObject(blocked)
  expect(decideMovable(modelWith(false), VM_ID)).toBeNull()
  expect(decideWithoutSnapshots(modelWith(false), DISK, 'disk.resize')).toBeNull()
})

test.each([
  ['a layer that nobody knows of', {}, true],
  ['a registered disk', { registered: true }, false],
  ['what another machine has', { usedBy: [{ vmId: OTHER, name: 'db', running: true }] }, false],
] as const)('%s: may it go with the layers?', (_what, disk, may) => {
  expect(isOwnLayer(modelWith(true, disk as Partial<Disk>), VM_ID, '/data/layer')).toBe(may)
})

import { expect, test } from 'vitest'
import { decideNoBranch, decideWithoutSnapshots } from '../../../../src/main/disk/rules.ts'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import { decideMovable } from '../../../../src/main/migration/decide-migration.ts'
import { isOwnLayer } from '../../../../src/main/snapshot/snapshot-work.ts'
import { removedDisks } from '../../../../src/main/vm/commands/remove.ts'
import { decideWithoutSnapshots as decideKeepsDisks } from '../../../../src/main/vm/rules.ts'
import type { Disk, DiskId, StorageDomain, StorageDomainId, VmId } from '../../../../src/shared/domain/index.ts'
import { makeModel, makeVm, VM_ID } from '../vm/make-model.ts'
import { makeDisk } from './make-snapshot.ts'

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
  expect(decideKeepsDisks(modelWith(true), VM_ID, 'vm.detach-disk')).toMatchObject(blocked)
  expect(decideKeepsDisks(modelWith(false), VM_ID, 'vm.detach-disk')).toBeNull()
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

/** base ← now, which the machine has; base ← branch, which only a snapshot goes on from; and a file that has nothing to do with it. */
const family = (hasSnapshots: boolean) => {
  const storageDomainId = 'ffffffff-0000-4000-8000-000000000006' as StorageDomainId
  const usedBy = [{ vmId: VM_ID, name: 'web', running: false }]
  const file = (name: string, changes: Partial<Disk>): [DiskId, Disk] => {
    const made = { id: name, storageDomainId, path: `/data/${name}`, kind: 'disk', readOnly: false, registered: false }
    return [name as DiskId, { ...made, usedBy: [], backingPath: null, ...changes } as Partial<Disk> as Disk]
  }
  const disks = new EntityTable([
    file('base', { registered: true, usedBy }),
    file('now', { usedBy, backingPath: '/data/base' }),
    file('branch', { backingPath: '/data/base' }),
    file('twig', { backingPath: '/data/branch' }),
    file('other', { backingPath: '/data/elsewhere' }),
  ])
  const domain = { id: storageDomainId, targetPath: '/data' } as Partial<StorageDomain> as StorageDomain
  const vm = makeVm({ hasSnapshots, disks: [makeDisk({ source: '/data/now' })] })
  return { vm, model: { ...makeModel(vm), disks, storageDomains: new EntityTable([[storageDomainId, domain]]) } }
}

test('a layer that a snapshot may go on from is not removed, though no machine has it now', () => {
  const judge = (hasSnapshots: boolean, name: string) =>
    decideNoBranch(family(hasSnapshots).model, name as DiskId, 'disk.remove')
  for (const name of ['branch', 'twig']) expect(judge(true, name)).toMatchObject({ code: 'snapshot.blocks' })
  expect(judge(true, 'other')).toBeNull()
  expect(judge(false, 'branch')).toBeNull()
})

test('with a machine go the layers of its snapshots and what they lie on, and nothing else', () => {
  const names = (hasSnapshots: boolean) => {
    const { model, vm } = family(hasSnapshots)
    return removedDisks(model, vm).map(({ id }) => id)
  }
  expect(names(true).sort()).toEqual(['base', 'branch', 'now', 'twig'])
  expect(names(false)).toEqual(['now'])
})

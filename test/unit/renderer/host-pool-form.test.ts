import { describe, expect, test } from 'vitest'
import {
  NEW_POOL,
  type PoolForm,
  poolFormSchema,
  poolInputOf,
} from '../../../src/renderer/features/host-pools/pool-form.ts'
import { usersOfPool } from '../../../src/renderer/features/host-pools/pool-users.ts'
import { commands } from '../../../src/shared/contract/index.ts'
import type { HostId, HostVolume, VmId } from '../../../src/shared/domain/index.ts'

const HOST = 'aaaaaaaa-0000-4000-8000-0000000000a1' as HostId

describe('what is typed of a pool', () => {
  const form = (changes: Partial<PoolForm>): PoolForm => ({ ...NEW_POOL, name: 'own', ...changes })

  test.each<[Partial<PoolForm>, object]>([
    [{ path: '/srv/a/' }, { type: 'dir', path: '/srv/a' }],
    [
      { type: 'fs', device: '/dev/sdb1', path: '/srv/a' },
      { type: 'fs', device: '/dev/sdb1', fileSystem: 'auto' },
    ],
    [
      { type: 'netfs', server: 'nas', export: '/a', fileSystem: 'nfs', path: '/srv/a' },
      { type: 'netfs', server: 'nas', export: '/a', fileSystem: 'nfs', path: '/srv/a' },
    ],
    // What was typed for another kind does not count.
    [
      { type: 'logical', volumeGroup: 'vg0', path: 'no path' },
      { type: 'logical', volumeGroup: 'vg0' },
    ],
    [
      { type: 'zfs', dataset: 'tank/a' },
      { type: 'zfs', dataset: 'tank/a' },
    ],
  ])('%j is what the command takes', (changes, source) => {
    expect(poolFormSchema.safeParse(form(changes)).success).toBe(true)
    const input = commands['host-pool.create'].input.parse(poolInputOf(HOST, form(changes)))
    expect(input).toMatchObject({ hostId: HOST, name: 'own', source, start: true, autostart: true })
  })

  test.each<[Partial<PoolForm>, Record<string, string>]>([
    [{ name: 'two words', path: '/srv/a' }, { name: 'nameWrong' }],
    [{}, { path: 'pathWrong' }],
    [{ type: 'fs', path: '/srv/a' }, { device: 'pathWrong' }],
    [
      { type: 'netfs', path: 'a' },
      { server: 'serverWrong', export: 'exportWrong', path: 'pathWrong' },
    ],
    [{ type: 'logical', volumeGroup: '/dev/vg0' }, { volumeGroup: 'volumeGroupWrong' }],
    [{ type: 'zfs' }, { dataset: 'datasetWrong' }],
  ])('%j is wrong at its fields', (changes, expected) => {
    const { error } = poolFormSchema.safeParse(form(changes))
    const found = (error?.issues ?? []).map(({ path, message }) => [path[0], message.replace('local:pools.form.', '')])
    expect(Object.fromEntries(found)).toEqual(expected)
  })
})

test('who uses a pool is named once, however many drives it has there', () => {
  const volume = (...names: readonly string[]): HostVolume => ({
    name: names.join(),
    path: null,
    format: null,
    capacityBytes: null,
    allocatedBytes: null,
    backingPath: null,
    usedBy: names.map((name) => ({ vmId: name as VmId, name, isRunning: name === 'web' })),
  })
  const pool = { volumes: [volume('web', 'db'), volume('web'), volume()] }
  expect(usersOfPool(pool, false)).toEqual(['db', 'web'])
  expect(usersOfPool(pool, true)).toEqual(['web'])
})

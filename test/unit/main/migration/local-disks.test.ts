import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import { splitLocalDisks } from '../../../../src/main/migration/commands/copy-disks.ts'
import { type DiskCopy, decideRoom } from '../../../../src/main/migration/local-disks.ts'
import { parseMigrationNeeds } from '../../../../src/main/xml/index.ts'
import { makeDomain } from '../storage/make-domain.ts'
import { makeModel } from '../vm/make-model.ts'

const copy = (path: string, usedBytes: number): DiskCopy => ({
  path,
  target: 'vda',
  format: 'qcow2',
  virtualBytes: 10 * usedBytes,
  usedBytes,
})

describe('room for copies', () => {
  test.each([
    ['enough', 'absent\n10 4096\n7\n', []],
    ['too little', 'absent\n9 4096\n7\n', ['migration.disk-room']],
    ['a file of that name', 'exists\n10 4096\n7\n', ['migration.disk-exists']],
    ['what a login shell says before', 'Welcome!\nabsent\n10 4096\n7\n', []],
  ])('%s', (_what, said, expected) => {
    expect(decideRoom('b', [copy('/a.qcow2', 40_960)], said).map(({ code }) => code)).toEqual(expected)
  })

  test('two copies in one file system take from the same room', () => {
    const copies = [copy('/a', 40_960), copy('/b', 40_960)]
    const said = (other: number) => `absent\n15 4096\n7\nabsent\n15 4096\n${other}\n`
    expect(decideRoom('b', copies, said(7)).map(({ code, params }) => [code, params])).toEqual([
      ['migration.disk-room', { path: '/b', hostName: 'b', neededBytes: 40_960, freeBytes: 20_480 }],
    ])
    expect(decideRoom('b', copies, said(8))).toEqual([])
  })
})

test('what is copied are files outside of storage domains, and only where that is wished', () => {
  const disk = (source: string, target: string) =>
    `<disk type='file' device='disk'><source ${source}/><target dev='${target}'/></disk>`
  const needs = parseMigrationNeeds(
    `<domain type='qemu'><os><type arch='x86_64'>hvm</type></os><devices>${disk("file='/data/a'", 'vda')}${disk("file='/var/b'", 'vdb')}${disk("dev='/dev/c'", 'vdc')}</devices></domain>`,
  )
  const domain = makeDomain({ targetPath: '/data' })
  const model = { ...makeModel(), storageDomains: new EntityTable([[domain.id, domain]]) }
  const { needs: left, local } = splitLocalDisks(model, needs, true)
  expect(local.map(({ target }) => target)).toEqual(['vdb'])
  expect(left.disks.map(({ target }) => target)).toEqual(['vda', 'vdc'])
  expect(splitLocalDisks(model, needs, false).local).toEqual([])
})

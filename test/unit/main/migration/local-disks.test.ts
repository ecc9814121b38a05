import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import { splitLocalDisks } from '../../../../src/main/migration/commands/copy-disks.ts'
import { type DiskCopy, decideRoom, makeImagesScript } from '../../../../src/main/migration/local-disks.ts'
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
  const shareable = { ...needs, disks: needs.disks.map((each) => ({ ...each, shareable: true })) }
  expect(splitLocalDisks(model, shareable, true).local).toEqual([])
})

describe('empty images, made by a real shell', () => {
  /** A stand-in for qemu-img writes its size into the image, and fails where that is 13. */
  const make = (prepare: (folder: string) => void, sizes: readonly number[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'virtdeck-images-'))
    try {
      writeFileSync(join(folder, 'qemu-img'), '#!/bin/sh\n[ "$6" != 13 ] && echo "$6" > "$5"\n')
      chmodSync(join(folder, 'qemu-img'), 0o755)
      prepare(folder)
      const paths = sizes.map((_size, index) => join(folder, 'it’s new', `${index}.img`))
      const copies = sizes.map((virtualBytes, index) => ({ path: paths[index] ?? '', format: 'raw', virtualBytes }))
      const env = { PATH: `${folder}:${process.env.PATH}` }
      let succeeds = true
      try {
        execFileSync('sh', ['-c', makeImagesScript(copies)], { env, stdio: 'ignore' })
      } catch {
        // Its exit code is what is asked for.
        succeeds = false
      }
      return { succeeds, images: paths.map((path) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : null)) }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const taken = (folder: string) =>
    execFileSync('sh', ['-c', 'mkdir "$1" && echo theirs > "$1/1.img"', 'sh', join(folder, 'it’s new')])

  test('all of them, or none', () => {
    expect(make(() => undefined, [5, 6])).toEqual({ succeeds: true, images: ['5', '6'] })
    expect(make(() => undefined, [5, 13])).toEqual({ succeeds: false, images: [null, null] })
  })

  test('a file that is somebody’s stays as it is', () => {
    expect(make(taken, [5, 6])).toEqual({ succeeds: false, images: [null, 'theirs'] })
  })
})

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { decideOverlap, decidePool } from '../../../../../src/main/storage/domain-pool.ts'
import { decideLunVerdicts } from '../../../../../src/main/storage/on-host/block/examine-block.ts'
import { explainBlock } from '../../../../../src/main/storage/on-host/block/explain-block.ts'
import {
  discoverScript,
  logInForNow,
  logInToStay,
  logOut,
} from '../../../../../src/main/storage/on-host/block/iscsi-script.ts'
import { findDevices, LUN_FUNCTIONS, SCAN_LUNS } from '../../../../../src/main/storage/on-host/block/lun-script.ts'
import {
  LVM_FUNCTION,
  makeGroup,
  mountMetadata,
  SCAN_GROUPS,
  unmountMetadata,
} from '../../../../../src/main/storage/on-host/block/lvm-script.ts'
import type { HostLun } from '../../../../../src/main/storage/on-host/block/parse-luns.ts'
import { decideSameLuns } from '../../../../../src/main/storage/rules.ts'
import {
  type BlockStorage,
  domainStorageSchema,
  type HostId,
  type StorageDomainId,
} from '../../../../../src/shared/domain/index.ts'

const run = promisify(execFile)
const ID = '5a1b7c1e-2222-4333-8444-123456789abc' as StorageDomainId
const GIB = 1024 ** 3
const host = { id: '11111111-1111-4111-8111-111111111111' as HostId, definition: { name: 'node1' } as never }
const target = { portal: '10.0.0.1:3260', target: 'iqn.2026-01.org.example:a' }
const storage: BlockStorage = { kind: 'iscsi', targets: [target], chapUser: "o'neil", lunIds: ['naa.1234'] }
const free: HostLun = {
  lunId: 'naa.1234',
  device: '/dev/sda',
  sizeBytes: GIB,
  vendor: 'IET',
  model: 'VIRTUAL-DISK',
  use: { kind: 'free', name: null },
  storageDomainId: null,
  missingCount: 0,
}

describe('a domain on LUNs', () => {
  const judge = (purpose: 'create' | 'import', luns: readonly HostLun[], hasLvm = true) =>
    decideLunVerdicts(host, { storage, purpose }, { luns, hasLvm }).map(({ code }) => code)

  it.each([
    ['create', [free], []],
    ['create', [], ['storage.lun-missing']],
    ['create', [{ ...free, use: { kind: 'partitions', name: 'gpt' } }], ['storage.lun-in-use']],
    ['create', [{ ...free, use: { kind: 'domain', name: ID }, storageDomainId: ID }], ['storage.holds-domain']],
    ['create', [{ ...free, sizeBytes: 100 }], ['storage.lun-too-small']],
    ['import', [free], ['storage.no-descriptor']],
    ['import', [{ ...free, storageDomainId: ID }], []],
    ['import', [{ ...free, storageDomainId: ID, missingCount: 1 }], ['storage.volume-group-incomplete']],
  ] as const)('is judged by what a host sees, to %s: %#', (purpose, luns, codes) => {
    expect(judge(purpose, luns as readonly HostLun[])).toEqual(codes)
  })

  it('needs LVM on every host, and LUNs that are as large on each', () => {
    expect(judge('create', [free], false)).toEqual(['storage.lvm-missing'])
    const one = { hostName: 'node1', luns: [free] }
    expect(decideSameLuns([one, { hostName: 'node2', luns: [free] }])).toBeNull()
    expect(decideSameLuns([one, { hostName: 'node2', luns: [{ ...free, sizeBytes: 1 }] }])?.code).toBe(
      'storage.lun-size-differs',
    )
  })

  it('takes no LUN that another one has, and lies where LVM shows its volumes', () => {
    expect(decidePool(ID, 'san', storage)).toMatchObject({
      targetPath: '/dev/virtdeck-5a1b7c1e222243338444123456789abc',
    })
    expect(decideOverlap(storage, { kind: 'fc', lunIds: ['naa.1234', 'naa.5678'] })).toBe('same')
    expect(decideOverlap(storage, { kind: 'fc', lunIds: ['naa.5678'] })).toBe('apart')
    expect(decideOverlap(storage, { kind: 'local', path: '/srv' })).toBe('apart')
  })

  it.each([
    [20, '@missing naa.9', 'storage.lun-missing', { lunId: 'naa.9' }],
    [21, '', 'storage.no-descriptor', {}],
    [22, '', 'storage.other-domain', {}],
    [23, '', 'storage.metadata-elsewhere', {}],
    [30, '', 'storage.iscsi-client-missing', { remedy: 'apt-get install open-iscsi' }],
    [31, '@failed 24 p:1 iqn.t', 'storage.chap-refused', { target: 'iqn.t' }],
    [31, '@failed 8 p:1 iqn.t', 'storage.portal-unreachable', { portal: 'p:1' }],
    [31, '@failed 19 p:1 iqn.t', 'storage.target-refused', { target: 'iqn.t' }],
    [1, '', 'storage.host-failed', { detail: 'no such thing' }],
  ])('says why a host could not: exit code %i %s', (exitCode, stdout, code, params) => {
    const error = explainBlock(host, ID, { exitCode, stdout, stderr: 'no such thing' })
    expect(error).toMatchObject({ code, params })
  })

  it('is named by a portal and a target, or by LUNs; what would be a command is refused', () => {
    const parse = (value: unknown) => domainStorageSchema.safeParse(value)
    expect(parse({ ...storage, targets: [{ ...target, portal: 'san.example.org' }] }).data).toMatchObject({
      targets: [{ portal: 'san.example.org:3260' }],
    })
    expect(parse({ ...storage, targets: [{ ...target, portal: '[fe80::1]' }] }).data).toMatchObject({
      targets: [{ portal: '[fe80::1]:3260' }],
    })
    for (const wrong of [
      { ...storage, targets: [] },
      { ...storage, targets: [{ ...target, target: 'iqn.a;reboot' }] },
      { ...storage, targets: [{ ...target, portal: '$(reboot)' }] },
      { kind: 'fc', lunIds: ['naa.1234; reboot'] },
      { kind: 'fc', lunIds: [] },
    ])
      expect(parse(wrong).success).toBe(false)
  })

  it('is worked on by scripts of any POSIX shell, and none has the password in it', async () => {
    const scripts = [
      `${logInForNow([target], storage.chapUser)}\n${LUN_FUNCTIONS}\n${SCAN_LUNS}\n${SCAN_GROUPS}`,
      logInToStay(ID, storage),
      logOut(ID),
      discoverScript('10.0.0.1:3260'),
      [LUN_FUNCTIONS, findDevices(['naa.1'], { patient: true }), LVM_FUNCTION, makeGroup({ id: ID })].join('\n'),
      mountMetadata({ id: ID }),
      unmountMetadata({ id: ID }),
    ]
    for (const script of scripts) await run('sh', ['-n', '-c', script])
  })
})

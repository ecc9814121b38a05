import { expect, test } from 'vitest'
import { backupManifestSchema, parseManifest } from '../../../../src/main/backup/backup-manifest.ts'
import { buildBackupXml, buildCheckpointXml, restoredXml } from '../../../../src/main/backup/backup-xml.ts'
import { parseListing } from '../../../../src/main/backup/backups-projection.ts'
import {
  type BackupFacts,
  decideBackup,
  decideRetired,
  withIncrements,
} from '../../../../src/main/backup/decide-backup.ts'
import { findStrange } from '../../../../src/main/backup/on-host/fetch-chain.ts'
import type { Backup, BackupId, StorageDomainId, Vm, VmDisk } from '../../../../src/shared/domain/index.ts'
import { makeVm, VM_ID } from '../vm/make-model.ts'

const DOMAIN = 'eeeeeeee-0000-4000-8000-000000000001' as StorageDomainId
const ELSEWHERE = 'eeeeeeee-0000-4000-8000-000000000002' as StorageDomainId
const idOf = (number: number) => `bbbbbbbb-0000-4000-8000-00000000000${number}` as BackupId

const drive = (change: Partial<VmDisk> = {}): VmDisk => ({
  target: 'vda',
  bus: 'virtio',
  device: 'disk',
  sourceType: 'file',
  source: '/data/root.qcow2',
  format: 'qcow2',
  readOnly: false,
  ...change,
})

function backup(number: number, change: Partial<Backup> = {}): Backup {
  return {
    id: idOf(number),
    name: 'web',
    vmId: VM_ID,
    storageDomainId: DOMAIN,
    path: `/data/backups/${idOf(number)}`,
    kind: 'full',
    parentId: null,
    description: '',
    createdAt: number,
    fromRunning: true,
    checkpoint: `checkpoint-${number}`,
    disks: [{ target: 'vda', format: 'qcow2', virtualBytes: 10, sizeBytes: 5 }],
    sizeBytes: 5,
    ...change,
  }
}

const judge = (vm: Partial<Vm> = {}, facts: Partial<BackupFacts> = {}) =>
  decideBackup(makeVm({ disks: [drive()], ...vm }), {
    kind: 'auto',
    storageDomainId: DOMAIN,
    checkpoint: true,
    backups: [backup(1), backup(2)],
    checkpoints: ['checkpoint-2'],
    host: { name: 'node1', libvirtVersion: '9.0.0' },
    sizes: new Map([['vda', 10]]),
    ...facts,
  })

test('goes on from the newest one', () => {
  expect(judge()).toMatchObject({ kind: 'incremental', reason: null, parent: { id: idOf(2) }, keepsCheckpoint: true })
})

test.each<readonly [string, Partial<Vm>, Partial<BackupFacts>, boolean]>([
  ['asked', {}, { kind: 'full' }, true],
  ['off', { status: 'down' }, {}, false],
  ['snapshots', { hasSnapshots: true }, {}, false],
  ['format', { disks: [drive({ format: 'raw' })] }, {}, false],
  ['first', {}, { backups: [] }, true],
  ['first', {}, { backups: [backup(1), backup(2, { checkpoint: null })] }, true],
  ['elsewhere', {}, { backups: [backup(1, { storageDomainId: ELSEWHERE })], checkpoints: ['checkpoint-1'] }, true],
  ['checkpoint-lost', {}, { checkpoints: [] }, true],
  ['disks-changed', {}, { sizes: new Map([['vda', 20]]) }, true],
  ['disks-changed', { disks: [drive(), drive({ target: 'vdb' })] }, {}, true],
])('is full, and says why: %s', (reason, vm, facts, keepsCheckpoint) => {
  expect(judge(vm, facts)).toMatchObject({ kind: 'full', reason, parent: null, keepsCheckpoint })
  if (reason === 'asked') return
  expect(judge(vm, { ...facts, kind: 'incremental' })).toMatchObject({
    code: 'backup.needs-full',
    params: { hint: reason },
  })
})

test.each<readonly [string, Partial<Vm>, Partial<BackupFacts>, string]>([
  ['without a disk', { disks: [drive({ device: 'cdrom' }), drive({ readOnly: true })] }, {}, 'backup.no-disk'],
  ['with a LUN', { disks: [drive({ device: 'lun', sourceType: 'block' })] }, {}, 'backup.disk-unfit'],
  ['with a device', { disks: [drive({ sourceType: 'block' })] }, {}, 'backup.disk-unfit'],
  ['on an old host', {}, { host: { name: 'old', libvirtVersion: '5.10.0' } }, 'backup.host-too-old'],
])('is refused: a machine %s', (_what, vm, facts, code) => {
  expect(judge(vm, facts)).toMatchObject({ code })
})

test('no checkpoint where none is wished for', () => {
  expect(judge({}, { checkpoint: false })).toMatchObject({ kind: 'incremental', keepsCheckpoint: false })
})

/** Two chains, 1 ← 2 ← 3 and 4 ← 5, and 6. */
const chains = [
  backup(1),
  backup(2, { parentId: idOf(1) }),
  backup(3, { parentId: idOf(2) }),
  backup(4),
  backup(5, { parentId: idOf(4) }),
  backup(6),
]

test.each([
  [6, []],
  [4, []],
  [3, [1, 2, 3]],
  [2, [1, 2, 3]],
  [1, [1, 2, 3, 4, 5]],
])('of six with %i to keep these go: %j', (keep, gone) => {
  expect(decideRetired(chains, keep).map(({ createdAt }) => createdAt)).toEqual(gone)
})

test('what lies on one goes with it', () => {
  expect(withIncrements(chains, backup(2, { parentId: idOf(1) })).map(({ createdAt }) => createdAt)).toEqual([2, 3])
})

test('what libvirt is told', () => {
  const xml = buildBackupXml([{ target: 'vda', path: '/data/a & b.qcow2' }], ['sda'], 'before')
  expect(xml).toContain('<incremental>before</incremental>')
  expect(xml).toContain("file='/data/a &amp; b.qcow2'")
  expect(xml).toMatch(/name='sda' backup='no'/)
  expect(buildBackupXml([], [], null)).not.toContain('incremental')
  expect(buildCheckpointXml('now', ['vda'], ['sda'])).toMatch(
    /name='vda' checkpoint='bitmap'[\s\S]*name='sda' checkpoint='no'/,
  )
})

test('a definition on restored files has no other machine’s disks', () => {
  const disk = (target: string, more = '', device = 'disk') =>
    `<disk type='file' device='${device}'><driver name='qemu' type='raw'/><source file='/data/${target}'/><target dev='${target}'/>${more}</disk>`
  const xml = `<domain><os><nvram>/var/lib/web_VARS.fd</nvram></os><devices><!-- kept -->${disk('vda')}${disk('vdb')}${disk('vdc', '<readonly/>')}${disk('sda', '', 'cdrom')}</devices></domain>`
  const restored = restoredXml(xml, new Map([['vda', { path: '/kept/web-vda.qcow2', format: 'qcow2' }]]))
  expect(restored).toContain("type='qcow2'/><source file='/kept/web-vda.qcow2'/>")
  expect(restored).toContain('<!-- kept -->')
  for (const kept of ['vdc', 'sda']) expect(restored).toContain(`/data/${kept}`)
  for (const gone of ['/data/vda', 'vdb', 'nvram']) expect(restored).not.toContain(gone)
})

const domain = { id: DOMAIN, targetPath: '/data' }

function manifest(change: object = {}) {
  const { storageDomainId: _domain, path: _path, sizeBytes: _size, ...told } = backup(1)
  return backupManifestSchema.parse({ ...told, version: 1, xml: '<domain/>', ...change })
}

test('a backup is what its folder says of itself', () => {
  const text = JSON.stringify(manifest())
  expect(parseManifest(text, idOf(1), domain)).toEqual({ ...backup(1), xml: '<domain/>' })
  expect(parseManifest(text, idOf(2), domain)).toBeNull()
  expect(parseManifest('{', idOf(1), domain)).toBeNull()
  const strange = { ...manifest(), disks: [{ target: '../../etc', format: 'raw', virtualBytes: 1, sizeBytes: 1 }] }
  expect(parseManifest(JSON.stringify(strange), idOf(1), domain)).toBeNull()
  const listing = [idOf(1), Buffer.from(text).toString('base64'), 'other', 'e30=', ''].join('\n')
  expect(parseListing(listing, domain).map(({ id }) => id)).toEqual([idOf(1)])
  expect(parseListing('', domain)).toEqual([])
})

const FOLDER = '/data/backups'
const layer = (filename: string, more: object = {}) => ({ filename, format: 'qcow2', ...more })

test.each<readonly [string, object, string | null]>([
  [
    'its own layers',
    [layer(`${FOLDER}/${idOf(2)}/vda.qcow2`), layer(`${FOLDER}/${idOf(2)}/../${idOf(1)}/vda.qcow2`)],
    null,
  ],
  ['a file of the host', [layer(`${FOLDER}/${idOf(2)}/vda.qcow2`), layer('/etc/shadow')], '/etc/shadow'],
  ['a way out', [layer(`${FOLDER}/${idOf(2)}/../../../etc/vda.qcow2`)], `${FOLDER}/${idOf(2)}/../../../etc/vda.qcow2`],
  ['a raw file', [layer(`${FOLDER}/${idOf(2)}/vda.qcow2`, { format: 'raw' })], `${FOLDER}/${idOf(2)}/vda.qcow2`],
  [
    'data elsewhere',
    [layer(`${FOLDER}/${idOf(2)}/vda.qcow2`, { 'format-specific': { data: { 'data-file': '/etc/shadow' } } })],
    '/etc/shadow',
  ],
])('before it is read as root its chain is looked at: %s', (_what, chain, strange) => {
  expect(findStrange(JSON.stringify(chain), FOLDER)).toBe(strange)
})

test('what is no chain is none', () => {
  expect(findStrange('qemu-img: Could not open\n', FOLDER)).toBe('qemu-img: Could not open')
})

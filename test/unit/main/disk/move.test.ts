import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { decideDiskIdle } from '../../../../src/main/disk/decide-idle.ts'
import { decideMove, decideMoveWay, movedFileName } from '../../../../src/main/disk/move/decide-move.ts'
import { buildMirrorXml, namesFile, parseDriveState, withDiskFile } from '../../../../src/main/disk/move/mirror-xml.ts'
import { ownsTargetScript, removeTargetScript } from '../../../../src/main/disk/move/target-file.ts'
import { foundDiskId } from '../../../../src/main/disk/rules.ts'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import type { Disk, StorageDomain, StorageDomainId, Task, Vm, VmDisk } from '../../../../src/shared/domain/index.ts'
import { inventTask } from '../../renderer/invented.ts'
import { inventDisk, inventStorageDomain } from '../../renderer/invented-storage.ts'
import { HOST_A, makeModel, makeVm, VM_ID } from '../vm/make-model.ts'

const DATA = inventStorageDomain(1, { targetPath: '/data' })
const CONNECTED = { hostId: HOST_A, status: 'connected' as const, error: null, since: 0, mounted: null }
const MORE = inventStorageDomain(2, { targetPath: '/more', connections: [CONNECTED] })
const PATH = '/data/root.raw'

interface World {
  readonly disk?: Partial<Disk>
  readonly vm?: Partial<Vm>
  readonly drive?: Partial<VmDisk>
  readonly more?: Partial<StorageDomain>
  readonly tasks?: readonly Task[]
  readonly beside?: readonly Disk[]
}

function world({ disk = {}, vm = {}, drive = {}, more = {}, tasks = [], beside = [] }: World): {
  readonly model: ModelSnapshot
  readonly disk: Disk
} {
  const made = inventDisk(1, {
    fileName: 'root.raw',
    path: PATH,
    format: 'raw',
    backingPath: null,
    usedBy: [{ vmId: VM_ID, name: 'web', running: true }],
    ...disk,
  })
  const one: VmDisk = {
    target: 'vda',
    bus: 'virtio',
    device: 'disk',
    sourceType: 'file',
    source: PATH,
    format: 'raw',
    readOnly: false,
    ...drive,
  }
  const model = {
    ...makeModel(makeVm({ disks: [one], ...vm })),
    disks: new EntityTable([made, ...beside].map((each) => [each.id, each] as const)),
    storageDomains: new EntityTable([
      [DATA.id, DATA],
      [MORE.id, { ...MORE, ...more }],
    ]),
    tasks: new Map(tasks.map((task) => [task.id, task])),
  }
  return { model, disk: made }
}

const judge = (given: World, input: object = {}) => {
  const { model, disk } = world(given)
  return decideMove(model, { diskId: disk.id, storageDomainId: MORE.id, ...input })
}

test.each<readonly [string, World, string]>([
  ['of no machine', { disk: { usedBy: [] } }, 'file'],
  ['of one that is off', { vm: { status: 'down' } }, 'stopped'],
  ['of one that runs', {}, 'running'],
  ['of one that is paused', { vm: { status: 'paused' } }, 'running'],
])('a disk %s', (_what, given, kind) => {
  const { model, disk } = world(given)
  expect(decideMoveWay(model, disk.id)).toMatchObject({ kind })
  expect(judge(given)).toBeNull()
})

const others = [
  { vmId: VM_ID, name: 'web', running: true },
  { vmId: 'cccccccc-0000-4000-8000-00000000000f' as Vm['id'], name: 'db', running: false },
]

test.each<readonly [string, World, object, string]>([
  ['where it is', {}, { storageDomainId: DATA.id }, 'disk.same-domain'],
  ['several machines have it', { disk: { usedBy: others } }, {}, 'disk.move-shared'],
  ['several may have it', { disk: { shareable: true } }, {}, 'disk.move-shared'],
  ['its machine has snapshots', { vm: { hasSnapshots: true } }, {}, 'snapshot.blocks'],
  ['its machine has a layer on it', { drive: { source: '/data/layer.qcow2' } }, {}, 'disk.move-unfit'],
  ['it is a layer', { disk: { backingPath: '/data/base.raw' } }, {}, 'disk.wrong-format'],
  ['it is handed over as a LUN', { drive: { device: 'lun' } }, {}, 'disk.move-unfit'],
  ['it is named as a volume', { drive: { sourceType: 'volume' } }, {}, 'disk.move-unfit'],
  ['its machine is saved', { vm: { status: 'suspended' } }, {}, 'vm.wrong-status'],
  ['its machine migrates', { vm: { status: 'migrating-from' } }, {}, 'vm.wrong-status'],
  ['its host lacks the domain', { more: { connections: [] } }, {}, 'vm.host-storage-missing'],
  ['there is no room', { disk: { allocatedBytes: 1e15 } }, {}, 'disk.no-space'],
  ['it is a medium in a drive', { disk: { kind: 'image', format: 'iso' } }, {}, 'disk.in-use'],
  [
    'a medium is to be converted',
    { disk: { kind: 'image', format: 'iso', usedBy: [] } },
    { format: 'raw' },
    'disk.wrong-format',
  ],
  [
    'its name is taken',
    { beside: [inventDisk(2, { storageDomainId: MORE.id, fileName: 'root.raw' })] },
    {},
    'disk.file-exists',
  ],
])('is not moved: %s', (_what, given, input, code) => {
  expect(judge(given, input)).toMatchObject({ code })
})

test('its ending tells its format', () => {
  const disk = { fileName: 'root.raw', format: 'raw' } as const
  expect(movedFileName(disk, undefined)).toBe('root.raw')
  expect(movedFileName(disk, 'raw')).toBe('root.raw')
  expect(movedFileName(disk, 'qcow2')).toBe('root.qcow2')
  expect(movedFileName({ fileName: 'root', format: 'raw' }, 'qcow2')).toBe('root.qcow2')
})

const subjectOf = (kind: 'disk' | 'vm', id: string) => ({ kind, id, name: 'x' })

test.each<readonly [string, Partial<Task>, boolean]>([
  ['a move of it', { command: 'disk.move', subject: subjectOf('disk', world({}).disk.id) }, true],
  [
    'a move that has ended',
    { command: 'disk.move', status: 'failed', subject: subjectOf('disk', world({}).disk.id) },
    false,
  ],
  ['what touches it', { command: 'vm.create', touches: [subjectOf('disk', world({}).disk.id)] }, true],
  ['a snapshot of its machine', { command: 'vm.snapshot-create', subject: subjectOf('vm', VM_ID) }, true],
  ['another name for its machine', { command: 'vm.label', subject: subjectOf('vm', VM_ID) }, false],
])('who comes second is told of %s', (_what, task, isTold) => {
  const made = inventTask(1, makeVm(), {
    status: 'running',
    user: 'kim',
    touches: [],
    subject: subjectOf('vm', 'other'),
    ...task,
  })
  const { model, disk } = world({ tasks: [made] })
  const refusal = decideDiskIdle(model, disk.id)
  if (isTold) expect(refusal).toMatchObject({ code: 'disk.at-work', params: { command: task.command, user: 'kim' } })
  else expect(refusal).toBeNull()
})

test('the file that is being made is told of by who makes it, not as one in the way', () => {
  const there = { storageDomainId: MORE.id, fileName: 'root.raw' }
  const id = foundDiskId(MORE.id as StorageDomainId, 'root.raw')
  const made = inventTask(1, makeVm(), { status: 'running', touches: [subjectOf('disk', id)] })
  expect(judge({ beside: [inventDisk(2, { ...there, id })], tasks: [made] })).toBeNull()
})

const define = (disk: string) => `<domain><name>web</name><devices><!-- kept -->
  <disk type='file' device='disk'>${disk}<target dev='vda' bus='virtio'/></disk>
  <disk type='file' device='cdrom'><source file='/data/boot.iso'/><target dev='sda'/></disk>
</devices></domain>`

test('a definition gets another file in place of one, and keeps all else', () => {
  const xml = define(`<driver name='qemu' type='raw' cache='none'/><source file='${PATH}' index='1'/><backingStore/>`)
  const to = { path: '/more/root & co.qcow2', format: 'qcow2' }
  expect(withDiskFile(xml, PATH, to)).toBe(
    define(`<driver name='qemu' type='qcow2' cache='none'/><source file='/more/root &amp; co.qcow2' index='1'/>`),
  )
  expect(withDiskFile(xml, '/data/other.raw', to)).toBe(xml)
})

test.each([
  ['', null],
  [
    `<mirror type='file' job='copy'><source file='/more/root.raw'/></mirror>`,
    { path: '/more/root.raw', phase: 'copying' },
  ],
  [
    `<mirror type='file' job='copy' ready='yes'><source file='/more/root.raw'/></mirror>`,
    { path: '/more/root.raw', phase: 'ready' },
  ],
  [
    `<mirror type='file' job='copy' ready='pivot'><source file='/more/root.raw'/></mirror>`,
    { path: '/more/root.raw', phase: 'ending' },
  ],
] as const)('what a running definition says of a mirror: %s', (mirror, expected) => {
  const xml = define(`<source file='${PATH}'/>${mirror}`)
  expect(parseDriveState(xml, 'vda')).toEqual({ path: PATH, mirror: expected })
  expect(namesFile(xml, '/more/root.raw')).toBe(expected !== null)
  expect(parseDriveState(xml, 'vdb')).toBeNull()
})

test('what libvirt is told to mirror into', () => {
  const xml = buildMirrorXml({ path: '/more/a<b', format: 'qcow2' })
  expect(xml).toContain(`file='/more/a&lt;b'`)
  expect(xml).toContain(`type='qcow2'`)
})

test('only a file that the operation made itself is taken away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vd-target-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const target = { part: '.part', fileName: 'root.raw' }
  const sh = (script: string) =>
    new Promise<string>((resolve) => {
      execFile('sh', ['-c', script], { cwd: folder }, (_error, stdout) => resolve(stdout.trim()))
    })
  await writeFile(join(folder, 'root.raw'), 'of somebody else')
  await writeFile(join(folder, '.part'), 'of us')
  expect(await sh(ownsTargetScript(target))).toBe('no')
  await sh(removeTargetScript(target))
  expect(await readdir(folder)).toEqual(['root.raw'])
  await sh('mv root.raw .part && ln .part root.raw')
  expect(await sh(ownsTargetScript(target))).toBe('yes')
  await sh(removeTargetScript(target))
  expect(await readdir(folder)).toEqual([])
})

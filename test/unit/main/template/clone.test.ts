import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import { decideNoClones } from '../../../../src/main/snapshot/decide-removal.ts'
import type { FoundSnapshot } from '../../../../src/main/snapshot/fetch-snapshots.ts'
import { decideCloneSource } from '../../../../src/main/template/clone-source.ts'
import { type CopyWish, decideCopies } from '../../../../src/main/template/decide-copies.ts'
import { hasTpm, writeClone } from '../../../../src/main/template/write-clone.ts'
import { newDiskId } from '../../../../src/main/vm/index.ts'
import { parseDomain } from '../../../../src/main/xml/index.ts'
import type {
  Disk,
  DiskId,
  HostId,
  StorageDomain,
  StorageDomainId,
  Vm,
  VmId,
} from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../renderer/invented.ts'
import { inventDisk, inventStorageDomain } from '../../renderer/invented-storage.ts'
import { makeHost } from '../host/make-host.ts'
import { makeDisk, makeLayered, makeSnapshot } from '../snapshot/make-snapshot.ts'
import { CLUSTER, HOST_A, HOST_B, makeModel, makeVm, VM_ID } from '../vm/make-model.ts'

const CLONE = 'cccccccc-0000-4000-8000-0000000000aa' as VmId
const GIB = 1024 ** 3
const cluster = inventCluster(1, { id: CLUSTER, name: 'Default' })
const connectedTo = (...hostIds: readonly HostId[]): StorageDomain['connections'] =>
  hostIds.map((hostId) => ({ hostId, status: 'connected', error: null, since: 0, mounted: null }))
const domain = (number: number, change: Partial<StorageDomain>) =>
  inventStorageDomain(number, {
    status: 'active',
    datacenterId: cluster.datacenterId,
    availableBytes: 10 * GIB,
    criticalFreeBytes: 0,
    connections: connectedTo(HOST_A, HOST_B),
    ...change,
  })
const data = domain(1, { name: 'data', targetPath: '/data' })
const more = domain(2, { name: 'more', targetPath: '/more', connections: connectedTo(HOST_B) })
const media = domain(3, { name: 'media', targetPath: '/media', type: 'iso' })
const image = (number: number, change: Partial<Disk> = {}) =>
  inventDisk(number, { storageDomainId: data.id, path: '/data/web.qcow2', allocatedBytes: GIB, ...change })
const using = (vmId: VmId, name: string) => [{ vmId, name, running: false }]

/** What a machine was when a snapshot was taken of it. */
const domainXml = (path: string, format = 'qcow2') => `<domain type='kvm'>
  <name>web</name><uuid>${VM_ID}</uuid><memory>65536</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>
    <interface type='user'><mac address='52:54:00:00:00:01'/></interface>
  </devices>
</domain>`

function world(vm: Vm, disks: readonly Disk[] = [image(1)], domains = [data, more, media]) {
  return {
    ...makeModel(vm),
    clusters: new EntityTable([[CLUSTER, cluster]]),
    hosts: new EntityTable([[HOST_A, makeHost({ id: HOST_A, clusterId: CLUSTER })]]),
    storageDomains: new EntityTable(domains.map((each) => [each.id, each])),
    disks: new EntityTable(disks.map((each) => [each.id, each])),
  }
}
const web = (change: Partial<Vm> = {}) => makeVm({ status: 'down', disks: [makeDisk()], ...change })
const codeOf = (value: object) => (value instanceof AppError ? value.code : 'none')
const whole = <T extends object>(value: T | AppError): T => {
  if (value instanceof AppError) throw value
  return value
}

describe('what a machine is cloned from', () => {
  const inside = makeSnapshot('inside', { domainXml: domainXml('/data/web.qcow2') })
  const layer = makeLayered('layer', { domainXml: domainXml('/data/web.qcow2') })
  const snapshots: readonly FoundSnapshot[] = [
    inside,
    layer,
    makeSnapshot('without', { disks: [], domainXml: domainXml('/data/web.qcow2') }),
    makeSnapshot('unread', { domainXml: null }),
  ]
  const source = (vm: Vm, snapshotId?: string) => decideCloneSource(world(vm), VM_ID, { snapshotId, snapshots })

  test('its disks as they are while it is down, but not media, what is only read, and what several machines write', () => {
    const disks = [
      makeDisk(),
      makeDisk({ target: 'vdb', source: '/dev/vg/lv', sourceType: 'block', format: 'raw' }),
      makeDisk({ target: 'vdc', source: '/data/read.qcow2', readOnly: true }),
      makeDisk({ target: 'vdd', source: '/data/shared.raw', format: 'raw' }),
      makeDisk({ target: 'sda', device: 'cdrom', source: '/media/install.iso', format: 'raw', readOnly: true }),
    ]
    const known = [image(1), image(2, { path: '/data/shared.raw', shareable: true })]
    const found = whole(decideCloneSource(world(web({ disks }), known), VM_ID, { snapshots: [] }))
    expect(found.disks).toMatchObject([
      { target: 'vda', path: '/data/web.qcow2', format: 'qcow2', snapshot: null, inUse: false, isFrozen: false },
      { target: 'vdb', path: '/dev/vg/lv', format: 'raw', disk: null },
    ])
  })

  test('of a snapshot inside an image what lies in it, of one in layers the image that it was made over', () => {
    expect(whole(source(web({ status: 'up' }), 'inside'))).toMatchObject({
      nicCount: 1,
      disks: [{ path: '/data/web.qcow2', snapshot: 'inside', inUse: true, isFrozen: false }],
    })
    const running = web({ status: 'up', disks: [makeDisk({ source: '/data/web.layer' })] })
    expect(whole(source(running, 'layer')).disks).toMatchObject([
      { path: '/data/web.qcow2', snapshot: null, inUse: false, isFrozen: true },
    ])
  })

  test.each([
    ['while it runs', web({ status: 'up' }), undefined, 'clone.running'],
    ['whose memory was saved', web({ status: 'suspended' }), undefined, 'clone.running'],
    ['without a stored definition', web({ status: 'up', persistent: false }), 'inside', 'vm.transient'],
    ['whose host cannot be asked', web({ status: 'unknown' }), undefined, 'vm.status-unknown'],
    ['at a snapshot that is not there', web(), 'gone', 'snapshot.not-found'],
    ['at one that has not all disks', web(), 'without', 'clone.not-in-snapshot'],
    ['at one that libvirt says nothing of', web(), 'unread', 'vm.definition-unreadable'],
    ['with a disk of a network', web({ disks: [makeDisk({ sourceType: 'network' })] }), undefined, 'clone.disk-unfit'],
    ['with an image of VMware', web({ disks: [makeDisk({ format: 'vmdk' })] }), undefined, 'clone.disk-unfit'],
  ])('not one %s', (_what, vm, snapshotId, code) => {
    expect(codeOf(source(vm, snapshotId))).toBe(code)
  })
})

describe('what is made of its disks', () => {
  const wish = (change: Partial<CopyWish> = {}): CopyWish => ({
    name: 'copy',
    diskIdOf: (index: number): DiskId => newDiskId(CLONE, index),
    thin: false,
    storageDomainId: null,
    readOnly: false,
    action: 'vm.clone',
    ...change,
  })
  const copiesOf = (change: Partial<CopyWish>, model = world(web()), snapshotId?: string) => {
    const snapshots = [makeLayered('layer', { domainXml: domainXml('/data/web.qcow2') })]
    const source = whole(decideCloneSource(model, VM_ID, { snapshotId, snapshots }))
    return decideCopies(model, source, wish(change))
  }

  test('copies beside their originals, by the machine’s own host', () => {
    const [copy] = whole(copiesOf({}))
    expect(copy).toMatchObject({
      target: 'vda',
      path: `/data/copy-${newDiskId(CLONE, 0).slice(0, 8)}.qcow2`,
      made: {
        definition: { alias: 'copy', format: 'qcow2', readOnly: false, storageDomainId: data.id },
        origin: { path: '/data/web.qcow2', thin: false, hostId: HOST_A },
      },
    })
  })

  test('elsewhere, by a host that has both', () => {
    expect(whole(copiesOf({ storageDomainId: more.id }))[0]?.made.origin).toMatchObject({ hostId: HOST_B })
  })

  test('layers on what a snapshot has frozen', () => {
    const vm = web({ status: 'up', disks: [makeDisk({ source: '/data/web.layer' })] })
    const [copy] = whole(copiesOf({ thin: true }, world(vm), 'layer'))
    expect(copy?.made).toMatchObject({
      definition: { format: 'qcow2' },
      origin: { path: '/data/web.qcow2', thin: true },
    })
  })

  const outside = () => world(web({ disks: [makeDisk({ source: '/var/lib/web.qcow2' })] }), [])
  const nowhere = 'ffffffff-0000-4000-8000-000000000000' as StorageDomainId
  test.each([
    [
      'thin, of a machine that will write them again',
      { thin: true },
      world(web()),
      undefined,
      'clone.thin-needs-layers',
    ],
    ['thin, elsewhere', { thin: true, storageDomainId: more.id }, world(web()), 'layer', 'clone.thin-elsewhere'],
    ['of one in no domain, where none is named', {}, outside(), undefined, 'clone.nowhere'],
    ['where its host does not reach', { storageDomainId: more.id }, outside(), undefined, 'clone.out-of-reach'],
    ['where there is none', { storageDomainId: nowhere }, world(web()), undefined, 'storage.not-found'],
    ['among media', { storageDomainId: media.id }, world(web()), undefined, 'disk.domain-type'],
    ['of a file that is gone', {}, world(web(), [image(1, { status: 'illegal' })]), undefined, 'disk.file-missing'],
  ] as const)('none %s', (_what, change, model, snapshotId, code) => {
    expect(codeOf(copiesOf(change, model, snapshotId))).toBe(code)
  })

  test('none without room for all of them, with what they lie on', () => {
    const base = image(2, { path: '/data/base.qcow2', allocatedBytes: 6 * GIB })
    const top = image(1, { backingPath: base.path, allocatedBytes: 5 * GIB })
    const refusal = copiesOf({}, world(web(), [top, base]))
    expect(refusal).toMatchObject({ code: 'disk.no-space', params: { neededBytes: 11 * GIB } })
  })
})

describe('the definition of a clone', () => {
  const original = `<domain type='kvm'>
  <name>web</name>
  <uuid>${VM_ID}</uuid>
  <genid>11111111-2222-3333-4444-555555555555</genid>
  <memory>65536</memory>
  <sysinfo type='smbios'>
    <system>
      <entry name='manufacturer'>Acme</entry>
      <entry name='serial'>0001</entry>
      <entry name='uuid'>${VM_ID}</entry>
    </system>
    <baseBoard>
      <entry name='serial'>0002</entry>
    </baseBoard>
  </sysinfo>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <nvram>/var/lib/web_VARS.fd</nvram>
  </os>
  <devices>
    <disk type='block' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source dev='/dev/vg/lv' index='1'/>
      <backingStore/>
      <target dev='vda' bus='virtio'/>
      <serial>guests-know-it-by-this</serial>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='/data/.seed-${VM_ID}.iso'/>
      <target dev='sda' bus='sata'/>
      <readonly/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='/media/install.iso'/>
      <target dev='sdb' bus='sata'/>
      <readonly/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:01'/>
      <source bridge='br0'/>
    </interface>
    <tpm model='tpm-crb'>
      <backend type='emulator' version='2.0'/>
    </tpm>
    <vsock model='virtio'>
      <cid auto='no' address='7'/>
    </vsock>
  </devices>
</domain>
`
  const written = writeClone(original, {
    vmId: CLONE,
    name: 'copy',
    macAddresses: ['56:6f:00:00:00:01'],
    generationId: '99999999-2222-3333-4444-555555555555',
    disks: new Map([['vda', { path: '/data/copy.qcow2', format: 'qcow2' }]]),
  })

  test('has an identity and disks of its own', () => {
    const read = parseDomain(written)
    expect(read).toMatchObject({ name: 'copy', uuid: CLONE, nics: [{ macAddress: '56:6f:00:00:00:01' }] })
    expect(read.disks.map(({ source, format }) => [source, format])).toEqual([
      ['/data/copy.qcow2', 'qcow2'],
      ['/media/install.iso', null],
    ])
    for (const own of [VM_ID, '0001', '0002', '11111111', '/dev/vg/lv', 'web_VARS', "address='7'", '.seed-']) {
      expect(written).not.toContain(own)
    }
    expect(written).toContain("<cid auto='yes'/>")
    expect(written).toContain('<genid>99999999-2222-3333-4444-555555555555</genid>')
  })

  test('keeps all else as it was', () => {
    for (const kept of ['Acme', 'guests-know-it-by-this', "cache='none'", "<source bridge='br0'/>", 'tpm-crb']) {
      expect(written).toContain(kept)
    }
    expect([hasTpm(written), hasTpm(domainXml('/data/web.qcow2'))]).toEqual([true, false])
  })
})

describe('a snapshot that others lie on', () => {
  const found = makeLayered('one')
  const own = image(1, { path: '/data/one', usedBy: using(VM_ID, 'web') })
  const base = (usedBy: Disk['usedBy']) => image(2, { path: '/data/web.qcow2', usedBy })
  const vm = { id: VM_ID, name: 'web' }

  test.each([
    ['its machine alone', [own, base(using(VM_ID, 'web'))], null],
    ['a clone', [own, base([...using(VM_ID, 'web'), ...using(CLONE, 'copy')])], 'copy'],
    [
      'a disk that no machine has',
      [own, base(using(VM_ID, 'web')), image(3, { path: '/data/left', alias: 'left', backingPath: '/data/web.qcow2' })],
      'left',
    ],
  ] as const)('has %s on it', (_what, disks, others) => {
    const refusal = decideNoClones(vm, found, disks)
    expect(refusal?.params ?? null).toEqual(others === null ? null : { name: 'web', snapshot: 'one', others })
  })

  test('is nothing to one inside an image', () => {
    expect(decideNoClones(vm, makeSnapshot('in'), [base(using(CLONE, 'copy'))])).toBeNull()
  })
})

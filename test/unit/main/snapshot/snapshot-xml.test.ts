import { describe, expect, test } from 'vitest'
import {
  buildSnapshotXml,
  layerPath,
  withDescription,
  withDiskFiles,
  withLayers,
} from '../../../../src/main/snapshot/snapshot-xml.ts'
import { parseSnapshot } from '../../../../src/main/xml/index.ts'
import { makeDisk } from './make-snapshot.ts'

const TAG = '0a1b2c3d'
const disks = [
  makeDisk(),
  makeDisk({ target: 'vdb', source: '/data/more.raw', format: 'raw' }),
  makeDisk({ target: 'sda', device: 'cdrom', readOnly: true }),
]
const method = { reason: 'without-memory', withMemory: false, disks: disks.slice(0, 2) } as const

describe('what libvirt is told of a new snapshot', () => {
  test('layers beside their images, and memory beside the first', () => {
    const xml = buildSnapshotXml(
      { disks },
      { name: 'a & b', description: '', tag: TAG, method: { ...method, kind: 'external', withMemory: true } },
    )
    const read = parseSnapshot(xml)
    expect(read.name).toBe('a & b')
    expect(read.description).toBeNull()
    expect(read.memory).toEqual({ kind: 'external', file: `/data/web.${TAG}.memory` })
    expect(read.disks).toEqual([
      { target: 'vda', kind: 'external', layer: `/data/web.${TAG}.qcow2` },
      { target: 'vdb', kind: 'external', layer: `/data/more.${TAG}.qcow2` },
      { target: 'sda', kind: 'no', layer: null },
    ])
  })

  test('inside, with the memory where it runs', () => {
    const of = (withMemory: boolean) =>
      parseSnapshot(
        buildSnapshotXml(
          { disks },
          { name: 'a', description: 'b', tag: TAG, method: { ...method, kind: 'internal', withMemory } },
        ),
      )
    expect(of(true)).toMatchObject({ description: 'b', memory: { kind: 'internal', file: null } })
    expect(of(false).memory.kind).toBe('no')
    expect(of(false).disks.map(({ kind }) => kind)).toEqual(['internal', 'internal', 'no'])
  })

  test.each([
    ['/data/web.qcow2', `/data/web.${TAG}.qcow2`],
    ['/data/web.11223344.qcow2', `/data/web.${TAG}.qcow2`],
    ['/data/web.img', `/data/web.${TAG}.qcow2`],
    ['/data/web-2.0', `/data/web-2.0.${TAG}.qcow2`],
    ['/web', `/web.${TAG}.qcow2`],
  ])('the layer on %s', (image, layer) => {
    expect(layerPath(image, TAG)).toBe(layer)
  })
})

const KEPT = `<domainsnapshot>
  <name>one</name>
  <description>old</description>
  <state>disk-snapshot</state>
  <parent>
    <name>zero</name>
  </parent>
  <creationTime>1700000000</creationTime>
  <memory snapshot='no'/>
  <disks>
    <disk name='vda' snapshot='external' type='file'>
      <driver type='qcow2'/>
      <source file='/data/one'/>
    </disk>
  </disks>
  <domain type='kvm'>
    <name>running</name>
  </domain>
  <inactiveDomain type='kvm'>
    <name>web</name>
    <devices>
      <disk type='file' device='disk'>
        <driver name='qemu' type='raw' discard='unmap'/>
        <source file='/data/base'/>
        <backingStore type='file'>
          <source file='/data/below'/>
        </backingStore>
        <target dev='vda' bus='virtio'/>
      </disk>
    </devices>
  </inactiveDomain>
</domainsnapshot>
`

describe('what libvirt keeps of a snapshot', () => {
  test('is read, with the definition that is stored of the machine', () => {
    const read = parseSnapshot(KEPT)
    expect(read).toMatchObject({ name: 'one', parent: 'zero', createdAt: 1_700_000_000_000, state: 'disk-snapshot' })
    expect([...read.sources]).toEqual([['vda', '/data/base']])
    expect(read.domainXml).toMatch(/^<domain type='kvm'>\n {4}<name>web<\/name>[\s\S]*<\/domain>$/)
  })

  test('is changed in nothing but what is meant', () => {
    expect(withDescription(KEPT, 'new')).toBe(KEPT.replace('old', 'new'))
    expect(parseSnapshot(withDescription(KEPT, '')).description).toBeNull()
    expect(parseSnapshot(withDescription(withDescription(KEPT, ''), 'again')).description).toBe('again')
    expect(withLayers(KEPT, new Map([['vda', '/data/two']]))).toBe(KEPT.replace('/data/one', '/data/two'))
  })

  test('a definition on another layer, whose format it has, and below which libvirt looks itself', () => {
    const { domainXml } = parseSnapshot(KEPT)
    const changed = withDiskFiles(domainXml ?? '', new Map([['vda', '/data/new.qcow2']]))
    expect(changed).toContain("<driver name='qemu' type='qcow2' discard='unmap'/>")
    expect(changed).toContain("<source file='/data/new.qcow2'/>")
    expect(changed).not.toContain('backingStore')
    expect(changed).not.toContain('/data/base')
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EntityTable } from '../../../../../src/main/engine/index.ts'
import { decideImport, writeIdentity } from '../../../../../src/main/vm/import/decide-import.ts'
import { parseDomain } from '../../../../../src/main/xml/index.ts'
import { macRangeSize, macToNumber, type Vm, type VmId } from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../../renderer/invented.ts'
import { makeHost } from '../../host/make-host.ts'
import { CLUSTER, HOST_A, makeModel, makeVm } from '../make-model.ts'

const FRESH = 'cccccccc-0000-4000-8000-0000000000ff' as VmId
const OTHER = 'cccccccc-0000-4000-8000-0000000000ee' as VmId
const WRITTEN = '6f2a5c1e-0000-4000-8000-00000000d41f' as VmId
const MAC = '52:54:00:aa:bb:cc'
const cluster = inventCluster(1, { id: CLUSTER, name: 'Default' })

const xml = `<domain type='kvm' id='7'>
  <name>web</name>
  <uuid>${WRITTEN}</uuid>
  <memory unit='KiB'>65536</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type><nvram>/var/lib/web_VARS.fd</nvram></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/data/web.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='bridge'><mac address='${MAC}'/><source bridge='br0'/></interface>
  </devices>
</domain>
`

function modelOf(...vms: readonly Vm[]) {
  return {
    ...makeModel(...vms),
    hosts: new EntityTable([[HOST_A, makeHost({ id: HOST_A, clusterId: CLUSTER })]]),
    clusters: new EntityTable([[CLUSTER, cluster]]),
  }
}

const other = (change: Partial<Vm>) => makeVm({ id: OTHER, name: 'db', nics: [], disks: [], ...change })
const nic = (macAddress: string): Vm['nics'][number] => ({
  macAddress,
  model: null,
  type: 'bridge',
  source: 'br0',
  hostDevice: null,
  linkUp: true,
  addresses: [],
})
const disk = (change: Partial<Vm['disks'][number]> = {}): Vm['disks'][number] => ({
  target: 'vda',
  bus: 'virtio',
  device: 'disk',
  sourceType: 'file',
  source: '/data/web.qcow2',
  format: 'qcow2',
  readOnly: false,
  ...change,
})
const decide = (model: ReturnType<typeof modelOf>, change: { name?: string; xml?: string } = {}) =>
  decideImport(model, { hostId: HOST_A, xml, ...change }, FRESH)

describe('a definition from elsewhere', () => {
  it('keeps its name, UUID and addresses where nobody has them', () => {
    expect(decide(modelOf(other({})))).toEqual({ vmId: WRITTEN, name: 'web', macAddresses: [MAC] })
    expect(writeIdentity(xml, { vmId: WRITTEN, name: 'web', macAddresses: [MAC] })).toBe(xml)
  })

  it('gets a UUID and addresses of its own where a machine has them', () => {
    const original = other({ id: WRITTEN, name: 'web', nics: [nic(MAC.toUpperCase())] })
    const identity = decide(modelOf(original), { name: 'copy' })
    if (identity instanceof AppError) throw identity
    expect(identity).toMatchObject({ vmId: FRESH, name: 'copy' })
    const { macRange } = cluster.settings
    const offset = macToNumber(identity.macAddresses[0] ?? '') - macToNumber(macRange.from)
    expect(offset).toBeGreaterThanOrEqual(0)
    expect(offset).toBeLessThan(macRangeSize(macRange))
    const written = writeIdentity(xml, identity)
    expect(parseDomain(written)).toMatchObject({ uuid: FRESH, name: 'copy' })
    // Nothing else is another one, but for the file of firmware variables.
    const back = written
      .replace('copy', 'web')
      .replace(FRESH, WRITTEN)
      .replace(identity.macAddresses[0] ?? '', MAC)
    expect(back).toBe(xml.replace('<nvram>/var/lib/web_VARS.fd</nvram>', ''))
  })

  it.each([
    ['vm.name-taken', other({ name: 'Web' }), {}],
    ['vm.import-disk-taken', other({ disks: [disk()] }), {}],
    ['vm.xml-unreadable', other({}), { xml: xml.replace('</os>', '') }],
    ['vm.xml-unreadable', other({}), { xml: xml.replace('<name>web', '<name>a\u0007b') }],
    ['vm.xml-unreadable', other({}), { xml: '<network><name>web</name></network>' }],
  ] as const)('is refused as %s', (code, vm, change) => {
    expect(decide(modelOf(vm), change)).toMatchObject({ code })
  })

  it('may have a disk that another machine only reads, and one that is marked as shared', () => {
    expect(decide(modelOf(other({ disks: [disk({ readOnly: true })] })))).toMatchObject({ name: 'web' })
    const shared = { xml: xml.replace("<target dev='vda'", "<shareable/><target dev='vda'") }
    expect(decide(modelOf(other({ disks: [disk()] })), shared)).toMatchObject({ name: 'web' })
  })
})

const GOLDEN = new URL('../definition/golden/', import.meta.url)

describe.each(readdirSync(GOLDEN))('%s', (file) => {
  it('becomes another machine', () => {
    const golden = readFileSync(new URL(file, GOLDEN), 'utf8')
    const macAddresses = parseDomain(golden).nics.map((_nic, index) => `56:6f:00:00:01:0${index}`)
    const written = parseDomain(writeIdentity(golden, { vmId: FRESH, name: 'a & <b>', macAddresses }))
    expect(written).toMatchObject({ uuid: FRESH, name: 'a & <b>' })
    expect(written.nics.map((each) => each.macAddress)).toEqual(macAddresses)
  })
})

import { describe, expect, test } from 'vitest'
import { decideNoBase } from '../../../../src/main/disk/rules.ts'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import { readHardware } from '../../../../src/main/template/read-hardware.ts'
import { buildTemplate } from '../../../../src/main/template/template-projection.ts'
import { decideRemovable, decideTemplateName, nameOf } from '../../../../src/main/template/template-rules.ts'
import { completeSpec } from '../../../../src/main/vm/create/complete-spec.ts'
import {
  type Disk,
  type DiskId,
  type StorageDomain,
  type Template,
  type TemplateDefinition,
  type TemplateId,
  type VmCreateInput,
  type VmId,
  vmCreateRequestSchema,
} from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { guid, inventCluster } from '../../renderer/invented.ts'
import { inventDisk, inventStorageDomain } from '../../renderer/invented-storage.ts'
import { CLUSTER, makeModel, makeVm } from '../vm/make-model.ts'

const cluster = inventCluster(1, { id: CLUSTER, name: 'Default' })
const data = inventStorageDomain(1, { status: 'active', datacenterId: cluster.datacenterId, targetPath: '/data' })
const base = inventDisk(1, { storageDomainId: data.id, path: '/data/base.qcow2', alias: 'base', readOnly: true })
/** The same file in a domain that was forgotten and imported: not adopted yet, so by an id of its own. */
const found = inventDisk(9, { ...base, id: guid(7, 9) as DiskId, registered: false })
const idOf = (number: number) => guid(8, number) as TemplateId

function definition(number: number, change: Partial<TemplateDefinition> = {}): TemplateDefinition {
  return {
    id: idOf(number),
    datacenterId: cluster.datacenterId,
    baseId: idOf(number),
    version: 1,
    versionName: '',
    name: 'web',
    description: '',
    sealed: false,
    hardware: {
      memoryMiB: 2048,
      vcpus: 2,
      operatingSystem: 'debian13',
      architecture: 'x86_64',
      machineType: 'q35',
      firmware: 'uefi',
      tpm: false,
      clock: 'utc',
      video: null,
      nics: [{ bridge: 'br0', linkUp: true }],
    },
    disks: [{ diskId: base.id, storageDomainId: data.id, fileName: base.fileName, target: 'vda', bus: 'virtio' }],
    createdFrom: 'web',
    createdAt: 0,
    revision: 1,
    ...change,
  }
}

function world(
  definitions: readonly TemplateDefinition[],
  { disks = [base], domains = [data] }: { disks?: readonly Disk[]; domains?: readonly StorageDomain[] } = {},
) {
  const model = {
    ...makeModel(),
    clusters: new EntityTable([[CLUSTER, cluster]]),
    storageDomains: new EntityTable(domains.map((each) => [each.id, each])),
    disks: new EntityTable(disks.map((each) => [each.id, each])),
  }
  const templates = definitions.map((each): Template => buildTemplate(model, each, definitions))
  return { ...model, templates: new EntityTable(templates.map((each) => [each.id, each])) }
}
const codeOf = (value: object | null) => (value instanceof AppError ? value.code : 'none')
const thinUser = { vmId: guid(2, 1) as VmId, name: 'thin', running: false }

describe('a template', () => {
  test('is shown with the machines whose disks lie on its own, and which version is the newest', () => {
    const first = definition(1)
    const second = definition(2, { baseId: first.id, version: 2 })
    const model = world([first, second], { disks: [{ ...base, usedBy: [thinUser] }] })
    expect(model.templates.get(first.id)).toMatchObject({ isLatest: false, status: 'ok', usedBy: [thinUser] })
    expect(model.templates.get(second.id)).toMatchObject({ isLatest: true, allocatedBytes: base.allocatedBytes })
  })

  test.each([
    ['is whole', {}, 'ok'],
    ['waits for its storage', { domains: [{ ...data, status: 'maintenance' as const }], disks: [] }, 'away'],
    ['lacks a disk', { disks: [] }, 'incomplete'],
    ['has a disk that is another one now', { disks: [{ ...base, status: 'illegal' as const }] }, 'incomplete'],
    ['has a disk that is to be adopted', { disks: [found] }, 'incomplete'],
    ['went with its domain', { domains: [], disks: [] }, 'incomplete'],
  ])('that %s says so', (_what, parts, status) => {
    expect(world([definition(1)], parts).templates.get(idOf(1))?.status).toBe(status)
  })

  test.each([
    ['nothing lies on', {}, 'none'],
    ['a machine lies on', { disks: [{ ...base, usedBy: [thinUser] }] }, 'template.in-use'],
    [
      'a disk that nobody has lies on',
      { disks: [base, inventDisk(2, { storageDomainId: data.id, backingPath: base.path })] },
      'template.has-layers',
    ],
    [
      'whose disk is to be adopted, with a machine on it',
      { disks: [{ ...found, usedBy: [thinUser] }] },
      'template.in-use',
    ],
    [
      'whose disk is to be adopted, with a disk on it',
      { disks: [found, inventDisk(2, { storageDomainId: data.id, backingPath: base.path })] },
      'template.has-layers',
    ],
    ['whose disk is to be adopted', { disks: [found] }, 'none'],
    ['whose storage is away', { domains: [{ ...data, status: 'inactive' as const }] }, 'template.not-whole'],
    ['whose storage is gone', { domains: [], disks: [] }, 'none'],
  ])('that %s can go, or says why not', (_what, parts, code) => {
    expect(codeOf(decideRemovable(world([definition(1)], parts), idOf(1)))).toBe(code)
  })

  test('that is not there cannot go', () => {
    expect(codeOf(decideRemovable(world([]), idOf(1)))).toBe('template.not-found')
  })

  test('has a name of its own in its datacenter, which its versions share', () => {
    const model = world([definition(1)])
    const { datacenterId } = cluster
    expect(codeOf(decideTemplateName(model, datacenterId, 'WEB'))).toBe('template.name-taken')
    expect(decideTemplateName(model, datacenterId, 'web', idOf(1))).toBeNull()
    expect(decideTemplateName(model, guid(5, 9) as typeof datacenterId, 'web')).toBeNull()
    expect(nameOf({ name: 'web', version: 2, versionName: 'with agent' })).toBe('web (2, with agent)')
  })

  test('keeps its disks, and a disk that another one lies on stays, too', () => {
    const own = (disks: readonly Disk[], diskId: DiskId) =>
      codeOf(decideNoBase(world([definition(1)], { disks }), diskId, 'disk.move'))
    expect(own([base], base.id)).toBe('template.keeps-disk')
    expect(own([found], found.id)).toBe('template.keeps-disk')
    const below = inventDisk(2, { storageDomainId: data.id, path: '/data/below.qcow2' })
    const layer = inventDisk(3, { storageDomainId: data.id, path: '/data/layer.qcow2', backingPath: below.path })
    expect(own([below, layer], below.id)).toBe('disk.has-layers')
    expect(own([below, { ...layer, registered: false }], below.id)).toBe('none')
    expect(own([below, layer], layer.id)).toBe('none')
  })
})

describe('a machine of a template', () => {
  const complete = (change: Partial<VmCreateInput>, model = world([definition(1)])) =>
    completeSpec(
      model,
      vmCreateRequestSchema.parse({ name: 'new', clusterId: CLUSTER, templateId: idOf(1), ...change }),
    )

  test('is like it where nothing else is said, with its disks first', () => {
    expect(complete({})).toMatchObject({
      memoryMiB: 2048,
      vcpus: 2,
      operatingSystem: 'debian13',
      firmware: 'uefi',
      machineType: 'q35',
      nics: [{ bridge: 'br0' }],
      disks: [{ diskId: base.id, bus: 'virtio' }],
      thin: true,
    })
    const other = { storageDomainId: data.id, sizeGiB: 1 }
    const said = complete({ memoryMiB: 512, firmware: 'bios', nics: [], disks: [other] })
    expect(said).toMatchObject({
      memoryMiB: 512,
      vcpus: 2,
      firmware: 'bios',
      nics: [],
      disks: [{ diskId: base.id }, other],
    })
  })

  test('is of the version that is named, or of the newest', () => {
    const second = definition(2, { baseId: idOf(1), version: 2 })
    const model = world([definition(1), second])
    expect(complete({}, model)).toMatchObject({ templateId: idOf(1) })
    expect(complete({ latestVersion: true }, model)).toMatchObject({ templateId: idOf(2) })
  })

  const elsewhere = definition(1, { datacenterId: guid(5, 9) as TemplateDefinition['datacenterId'] })
  test.each([
    ['that is not there', {}, world([]), 'template.not-found'],
    ['of another datacenter', {}, world([elsewhere]), 'template.other-datacenter'],
    ['without a disk', {}, world([definition(1)], { disks: [] }), 'template.not-whole'],
    ['with which it clashes', { maxMemoryMiB: 1024 }, world([definition(1)]), 'command.input-invalid'],
  ])('is none of one %s', (_what, change, model, code) => {
    expect(codeOf(complete(change, model))).toBe(code)
  })

  test('that is of none says itself how large it is', () => {
    const wrong = vmCreateRequestSchema.safeParse({ name: 'new', clusterId: CLUSTER })
    expect(wrong.error?.issues.map(({ path }) => path.join('.'))).toEqual(['memoryMiB', 'vcpus'])
    expect(complete({ templateId: 'blank', memoryMiB: 64, vcpus: 1 })).toMatchObject({ disks: [], nics: [] })
  })
})

describe('the hardware of a template', () => {
  const xml = (os: string, devices: string) =>
    `<domain><os>${os}</os><clock offset='localtime'/><devices>${devices}</devices></domain>`

  test('is what machines of it can have, not what belongs to one', () => {
    const vm = makeVm({
      memoryKiB: 65_000,
      vcpus: 2,
      architecture: 'x86_64',
      machineType: 'pc-q35-7.2',
      firmware: 'uefi',
    })
    const devices = [
      "<interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>",
      "<interface type='network'><source network='default'/><model type='ne2k_pci'/></interface>",
      "<interface type='hostdev'><source/></interface>",
      "<interface type='user'/>",
      "<tpm model='tpm-crb'/><video><model type='virtio'/></video>",
    ].join('')
    expect(readHardware(xml("<loader secure='yes'/>", devices), vm)).toMatchObject({
      memoryMiB: 64,
      vcpus: 2,
      machineType: 'q35',
      firmware: 'uefi-secure',
      tpm: true,
      clock: 'localtime',
      video: 'virtio',
      nics: [{ bridge: 'br0', model: 'virtio' }, { libvirtNetwork: 'default' }, { user: true }],
    })
  })

  test('leaves open what our own form does not know', () => {
    const vm = makeVm({ memoryKiB: 1, architecture: 'aarch64', machineType: 'virt-7.2', firmware: 'none' })
    expect(readHardware(xml('', "<video><model type='ramfb'/></video>"), vm)).toMatchObject({
      memoryMiB: 1,
      machineType: null,
      firmware: null,
      video: null,
      nics: [],
    })
  })
})

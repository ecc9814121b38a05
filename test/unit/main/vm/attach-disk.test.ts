import { describe, expect, test } from 'vitest'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import { decideLunsUnused } from '../../../../src/main/storage/rules.ts'
import { createAttachDisk } from '../../../../src/main/vm/commands/attach-disk.ts'
import { decideLun, sharesPath } from '../../../../src/main/vm/edit/decide-lun.ts'
import type { Disk, StorageDomain, VmId } from '../../../../src/shared/domain/index.ts'
import { makeDomain } from '../storage/make-domain.ts'
import { makeModel, makeVm, VM_ID } from './make-model.ts'

const RUNNING = `<domain><name>web</name><uuid>${VM_ID}</uuid><devices/></domain>`
const PATH = '/dev/virtdeck-1/more.qcow2'

/** Plugs a disk into a running machine, on a host that writes down what it is told, in order. */
async function plug(domain: StorageDomain, disk: Partial<Disk>) {
  const told: string[] = []
  const link = {
    id: makeVm().hostId,
    control: () => ({
      call: async (procedure: string, { xml }: { readonly xml?: string }) => {
        if (procedure === 'DOMAIN_GET_XML_DESC') return { xml: RUNNING }
        told.push(`${procedure} ${xml}`)
        return undefined
      },
    }),
    refreshDomain: async () => told.push('read again'),
  }
  const handler = createAttachDisk({
    hosts: { get: () => link },
    activateVolumes: async (_hostId: string, paths: readonly string[]) => {
      told.push(`activate ${paths.join()}`)
      return () => told.push('let go')
    },
  } as never)
  const diskId = 'dddddddd-0000-4000-8000-000000000001'
  const known = { id: diskId, storageDomainId: domain.id, format: 'qcow2', ...disk } as unknown as Disk
  const model: ModelSnapshot = {
    ...makeModel(makeVm()),
    storageDomains: new EntityTable([[domain.id, domain]]),
    disks: new EntityTable([[known.id, known]]),
  }
  const context = {
    input: { vmId: VM_ID, diskId, cache: 'none', bus: 'virtio' },
    model: () => model,
    signal: new AbortController().signal,
  }
  const result = await handler.steps.plug?.run(context as never)
  return { told, result }
}

describe('a disk that is given to a running machine', () => {
  test('of a domain on LUNs is a device, which is there before libvirt is told of it', async () => {
    const domain = makeDomain({ targetPath: '/dev/virtdeck-1', storage: { kind: 'fc', lunIds: ['naa.1234'] } })
    const { told, result } = await plug(domain, { path: PATH })
    expect(result).toEqual({ waiting: false, reason: null })
    expect(told.map((line) => line.split(' ')[0])).toEqual(['activate', 'DOMAIN_ATTACH_DEVICE_FLAGS', 'read', 'let'])
    expect(told[0]).toBe(`activate ${PATH}`)
    expect(told[1]).toMatch(/<disk type=['"]block['"]/)
    expect(told[1]).toContain(PATH)
  })

  test('of a domain in a folder is a file', async () => {
    const { told } = await plug(makeDomain({ targetPath: '/data' }), { path: '/data/more.qcow2' })
    expect(told[1]).toMatch(/<disk type=['"]file['"]/)
  })
})

describe('a LUN that a machine is given whole', () => {
  const lunId = 'naa.6001405000000001'
  const path = '/dev/disk/by-id/scsi-36001405000000001'
  const disks = [{ target: 'vdb', bus: 'virtio', device: 'disk', sourceType: 'block', format: 'raw', readOnly: false }]
  const db = makeVm({ id: 'o' as VmId, name: 'db', disks: disks.map((disk) => ({ ...disk, source: path })) as never })
  const onLun = makeDomain({ name: 'san', storage: { kind: 'fc', lunIds: [lunId] } })
  const withDomains: ModelSnapshot = { ...makeModel(makeVm()), storageDomains: new EntityTable([[onLun.id, onLun]]) }

  test.each<[string, ModelSnapshot, Partial<Parameters<typeof decideLun>[2]> & { lunId?: string }, string | null]>([
    ['nobody has it', makeModel(makeVm()), {}, null],
    ['it has no path', makeModel(makeVm()), { lunId: 't10.ATA' }, 'vm.lun-unnameable'],
    ['a storage domain lies on it', withDomains, {}, 'vm.lun-of-domain'],
    ['another machine has it', makeModel(makeVm(), db), {}, 'vm.lun-taken'],
    ['another has it, and it is to be shared', makeModel(makeVm(), db), { mayShare: true }, null],
    ['it has it already', makeModel(db), { vmId: db.id, mayShare: true }, 'vm.disk-twice'],
  ])('%s', (_what, model, { lunId: other = lunId, ...more }, code) => {
    expect(decideLun(model, other, { vmId: VM_ID, mayShare: false, ...more })?.code ?? null).toBe(code)
  })

  test('is shared only where all who have it have said so', () => {
    const xml = (more: string) => `<domain><devices><disk><source dev='${path}'/>${more}</disk></devices></domain>`
    expect([xml(''), xml('<shareable/>'), xml('<readonly/>')].map((each) => sharesPath(each, path))).toEqual([
      false,
      true,
      true,
    ])
  })

  test('is none that a storage domain is made of', () => {
    expect(decideLunsUnused(makeModel(db), onLun.storage)?.params).toEqual({ lunId, otherName: 'db' })
    expect(decideLunsUnused(makeModel(makeVm()), onLun.storage)).toBeNull()
    expect(decideLunsUnused(makeModel(db), { kind: 'posix', path: '/data' })).toBeNull()
  })
})

import { describe, expect, test } from 'vitest'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import { createAttachDisk } from '../../../../src/main/vm/commands/attach-disk.ts'
import type { Disk, StorageDomain } from '../../../../src/shared/domain/index.ts'
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

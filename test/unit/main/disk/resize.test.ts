import { describe, expect, test } from 'vitest'
import { createDiskResize } from '../../../../src/main/disk/commands/resize.ts'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import type { Disk, DiskId, HostId } from '../../../../src/shared/domain/index.ts'
import { GIB, makeDomain } from '../storage/make-domain.ts'
import { HOST_A, HOST_B, makeModel, makeVm, VM_ID } from '../vm/make-model.ts'

const DISK = 'dddddddd-0000-4000-8000-000000000001' as DiskId
const PATH = '/dev/virtdeck-1/web.qcow2'

/** A disk on LUNs that the second host manages; `running`: a machine on the first one runs with it. */
function makeWorld({ running, disk: more = {} }: { readonly running: boolean; readonly disk?: Partial<Disk> }) {
  const connections = [HOST_A, HOST_B].map((hostId) => ({ hostId, status: 'connected' }))
  const domain = makeDomain({
    status: 'active',
    targetPath: '/dev/virtdeck-1',
    storage: { kind: 'fc', lunIds: ['naa.1234'] },
    connections: connections.reverse() as never,
    availableBytes: 8 * GIB,
    capacityBytes: 16 * GIB,
  })
  const vm = makeVm({ disks: [{ target: 'vda', source: PATH }] as never })
  const usedBy = running ? [{ vmId: VM_ID, name: 'web', running: true }] : []
  const facts = { id: DISK, storageDomainId: domain.id, fileName: 'web.qcow2', path: PATH, alias: 'web', usedBy }
  const disk = {
    ...facts,
    format: 'qcow2',
    registered: true,
    status: 'ok',
    virtualBytes: GIB,
    ...more,
  } as never as Disk
  const model: ModelSnapshot = {
    ...makeModel(vm),
    storageDomains: new EntityTable([[domain.id, domain]]),
    disks: new EntityTable([[DISK, disk]]),
  }
  const done: string[] = []
  const nameOf = (id: HostId) => (id === HOST_A ? 'first' : 'second')
  const tell = (id: HostId, script: string) => {
    const what = /qemu-img resize|lvextend|addtag/g
    done.push(`${nameOf(id)}: ${[...new Set(script.match(what) ?? ['?'])].join(', ')}`)
  }
  const link = (id: HostId) => ({
    id,
    definition: { name: nameOf(id), user: 'root', transport: 'ssh' },
    runScript: async (script: string) => {
      tell(id, script)
      return { exitCode: 0, stdout: '', stderr: '' }
    },
    bulk: {
      openCommand: async (script: string) => {
        tell(id, script)
        return { output: [], ended: Promise.resolve({ exitCode: 0, stderr: '' }) }
      },
    },
    control: () => ({
      call: async (procedure: string, { size }: { readonly size: bigint }) => {
        done.push(`${nameOf(id)}: ${procedure} ${size}`)
      },
    }),
  })
  const handler = createDiskResize({
    registry: { get: link },
    store: {
      edit: async (_id: string, { virtualBytes }: { virtualBytes: number }) => done.push(`kept ${virtualBytes}`),
    },
    projection: { refresh: async () => undefined },
    refreshVolumes: async (id: HostId, paths: readonly string[]) => done.push(`${nameOf(id)}: sees ${paths.join()}`),
  } as never)
  const input = { diskId: DISK, sizeBytes: 2 * GIB }
  const context = { input, model: () => model, signal: new AbortController().signal, user: 'kim' }
  return { handler, model, input, done, run: () => handler.steps.resize?.run(context as never) }
}

describe('a disk on LUNs that is made larger', () => {
  test('while a machine runs with it: its volume first, by the manager, then what sees it, then what the guest sees', async () => {
    const { run, done } = makeWorld({ running: true })
    await run()
    expect(done).toEqual([
      'second: lvextend',
      `first: sees ${PATH}`,
      `first: DOMAIN_BLOCK_RESIZE ${2 * GIB}`,
      'second: addtag',
      `kept ${2 * GIB}`,
    ])
  })

  test('while nothing runs with it: by the manager alone', async () => {
    const { run, done } = makeWorld({ running: false })
    await run()
    expect(done).toEqual(['second: lvextend, qemu-img resize, addtag', `kept ${2 * GIB}`])
  })

  test.each<[string, Partial<Disk>, number, string | null]>([
    ['there is room', {}, 2 * GIB, null],
    ['there is no room', {}, 32 * GIB, 'disk.no-space'],
    ['it is raw', { format: 'raw' }, 2 * GIB, 'disk.not-on-luns'],
  ])('may be, or not: %s', (_what, disk, sizeBytes, code) => {
    const { handler, model, input } = makeWorld({ running: false, disk })
    expect(handler.validate?.(model, { ...input, sizeBytes })?.code ?? null).toBe(code)
  })
})

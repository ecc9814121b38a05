import { describe, expect, test } from 'vitest'
import { decideMethod, keptDisks } from '../../../../src/main/snapshot/decide-method.ts'
import type { FoundSnapshot } from '../../../../src/main/snapshot/fetch-snapshots.ts'
import type { Vm } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeVm } from '../vm/make-model.ts'
import { makeDisk, makeLayered, makeSnapshot } from './make-snapshot.ts'

const [OLD, NEW] = ['9.0.0', '11.3.0']
const raw = [makeDisk({ format: 'raw' })]
const volume = [makeDisk({ sourceType: 'volume', source: 'pool/web' })]

interface Case {
  readonly what: string
  readonly vm?: Partial<Vm>
  readonly version?: string
  readonly memory?: boolean
  readonly snapshots?: readonly FoundSnapshot[]
  readonly expected: string
}

describe('whether a snapshot lies inside the images or in layers', () => {
  const cases: readonly Case[] = [
    { what: 'a host that goes back to layers', version: NEW, expected: 'external host-reverts-layers' },
    { what: 'exactly the first such', version: '9.9.0', expected: 'external host-reverts-layers' },
    {
      what: 'the last that does not, off',
      version: '9.8.0',
      vm: { status: 'down' },
      expected: 'internal host-cannot-revert-layers',
    },
    { what: 'an old host, with memory', memory: true, expected: 'internal host-cannot-revert-layers' },
    { what: 'an old host, running, without', expected: 'external without-memory' },
    { what: 'an old host, raw', memory: true, vm: { disks: raw }, expected: 'external format-holds-none' },
    {
      what: 'one raw among others',
      memory: true,
      vm: { disks: [makeDisk(), ...raw] },
      expected: 'external format-holds-none',
    },
    { what: 'an old host, UEFI', vm: { status: 'down', firmware: 'uefi' }, expected: 'external firmware' },
    { what: 'layers already', memory: true, snapshots: [makeLayered('one')], expected: 'external has-layers' },
    {
      what: 'some inside already, on a new host',
      version: NEW,
      memory: true,
      snapshots: [makeSnapshot('one')],
      expected: 'internal host-cannot-revert-layers',
    },
    {
      what: 'a volume, on a new host',
      version: NEW,
      vm: { status: 'down', disks: volume },
      expected: 'internal no-place-for-layers',
    },
    { what: 'a volume, running, without memory', vm: { disks: volume }, expected: 'snapshot.disk-unfit' },
    {
      what: 'a raw block device',
      vm: { disks: [makeDisk({ sourceType: 'block', format: 'raw' })] },
      expected: 'snapshot.disk-unfit',
    },
    {
      what: 'a volume on LUNs, which has room for none inside',
      version: NEW,
      memory: true,
      vm: { disks: [makeDisk({ sourceType: 'block', source: '/dev/virtdeck-0011/web.qcow2' })] },
      expected: 'snapshot.disk-unfit',
    },
    {
      what: 'a LUN that is passed through',
      vm: { disks: [makeDisk({ device: 'lun' })] },
      expected: 'snapshot.disk-unfit',
    },
    { what: 'over the network', vm: { disks: [makeDisk({ sourceType: 'network' })] }, expected: 'snapshot.disk-unfit' },
    {
      what: 'no disk',
      vm: { disks: [makeDisk({ device: 'cdrom' }), makeDisk({ readOnly: true })] },
      expected: 'snapshot.no-disk',
    },
  ]
  test.each(cases)('$what', ({ vm = {}, version = OLD, memory = false, snapshots = [], expected }) => {
    const found = decideMethod(makeVm({ disks: [makeDisk()], ...vm }), { libvirtVersion: version, memory, snapshots })
    expect(found instanceof AppError ? found.code : `${found.kind} ${found.reason}`).toBe(expected)
  })

  test('a machine that is off has no memory to keep', () => {
    const vm = makeVm({ status: 'down', disks: [makeDisk()] })
    expect(decideMethod(vm, { libvirtVersion: OLD, memory: true, snapshots: [] })).toMatchObject({ withMemory: false })
  })

  test('media, empty drives and what is only read are not kept', () => {
    const disks = [makeDisk(), makeDisk({ device: 'cdrom' }), makeDisk({ source: null }), makeDisk({ readOnly: true })]
    expect(keptDisks({ disks })).toEqual([disks[0]])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../../src/main/engine/index.ts'
import { decideStart } from '../../../../../src/main/vm/scheduler/decide-start.ts'
import { decideElsewhere } from '../../../../../src/main/vm/scheduler/decide-start-elsewhere.ts'
import type { Disk, Host, LockProof, StorageDomainId, Vm } from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../../renderer/invented.ts'
import { inventDisk, inventStorageDomain } from '../../../renderer/invented-storage.ts'
import { makeFacts } from '../../host/make-facts.ts'
import { makeHost } from '../../host/make-host.ts'
import { CLUSTER, HOST_A, HOST_B, makeModel, makeVm } from '../make-model.ts'

const proof = (verdict: LockProof['verdict'], leaseSeconds: number | null = null): LockProof => ({
  verdict,
  leaseSeconds,
  provedAt: 0,
})
const fencing = proof('exclusive-and-fencing', 60)
const silent = { isLost: true, silentMs: 90_000, confirmed: false }

describe('a machine whose host cannot be asked is started elsewhere', () => {
  test.each([
    ['when its storage fences, and has had the time to', { ...silent, locks: [fencing] }, 'fencing'],
    ['when a person knows that the host is off', { ...silent, locks: [proof('none')], confirmed: true }, 'person'],
    ['when a person knows it of one without disks', { ...silent, locks: [], confirmed: true }, 'person'],
    ['not before the lease and its margin are over', { ...silent, locks: [fencing], silentMs: 89_999 }, 'start-lease'],
    [
      'not before the longest of them is',
      { ...silent, locks: [fencing, proof('exclusive-and-fencing', 61)] },
      'start-lease',
    ],
    [
      'not where nobody knows how long it has been silent',
      { ...silent, locks: [fencing], silentMs: null },
      'start-lease',
    ],
    ['not where one of its disks is not fenced', { ...silent, locks: [fencing, proof('exclusive')] }, 'start-unfenced'],
    ['not where locks were never proved', { ...silent, locks: [proof('unproved')] }, 'start-unfenced'],
    ['not where there are none', { ...silent, locks: [proof('none')] }, 'start-unfenced'],
    ['not where the lease is not known', { ...silent, locks: [proof('exclusive-and-fencing')] }, 'start-unfenced'],
    ['not without a disk', { ...silent, locks: [] }, 'start-no-disks'],
    ['not while the host is only being connected', { ...silent, isLost: false, locks: [fencing] }, null],
  ] as const)('%s', (_name, facts, expected) => {
    const verdict = decideElsewhere(facts)
    expect(verdict.allowed ? verdict.by : verdict.hint).toBe(expected)
  })

  test('by itself never, whatever else holds, where one disk is not proved to be fenced for longer than its lease', () => {
    const lock = fc.record({
      verdict: fc.constantFrom<LockProof['verdict']>('unproved', 'none', 'exclusive', 'exclusive-and-fencing'),
      leaseSeconds: fc.option(fc.integer({ min: 1, max: 600 }), { nil: null }),
      provedAt: fc.constant(0),
    })
    const facts = fc.record({
      locks: fc.array(lock, { maxLength: 4 }),
      silentMs: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: null }),
      isLost: fc.boolean(),
      confirmed: fc.constant(false),
    })
    fc.assert(
      fc.property(facts, (each) => {
        if (!decideElsewhere(each).allowed) return
        expect(each.isLost && each.locks.length > 0).toBe(true)
        for (const { verdict, leaseSeconds } of each.locks) {
          expect(verdict).toBe('exclusive-and-fencing')
          expect(each.silentMs ?? 0).toBeGreaterThan((leaseSeconds ?? Number.POSITIVE_INFINITY) * 1_000)
        }
      }),
    )
  })
})

describe('where a lost machine goes', () => {
  const DOMAIN = 'eeeeeeee-0000-4000-8000-000000000005' as StorageDomainId
  const drive = {
    target: 'vda',
    bus: 'virtio',
    device: 'disk',
    sourceType: 'file',
    format: 'qcow2',
    readOnly: false,
  } as const
  interface World {
    readonly vm?: Partial<Vm>
    readonly host?: Partial<Host>
    readonly locks?: LockProof
    readonly disk?: Partial<Disk>
    readonly confirmed?: boolean
    readonly named?: typeof HOST_A
  }
  const placeIn = ({ vm = {}, host = {}, locks = fencing, disk = {}, confirmed = false, named }: World) => {
    const lost = makeVm({
      status: 'unknown',
      stale: true,
      asOf: 0,
      firmware: 'bios',
      memoryKiB: 1_024,
      disks: [{ ...drive, source: '/data/x.qcow2' }],
      ...vm,
    })
    const connected = { error: null, since: 0, mounted: null, status: 'connected' as const, hostId: HOST_B }
    const domain = inventStorageDomain(1, { id: DOMAIN, targetPath: '/data', locks, connections: [connected] })
    const known = inventDisk(1, { storageDomainId: DOMAIN, path: '/data/x.qcow2', shareable: false, ...disk })
    const facts = makeFacts({ memoryKiB: 4 * 1024 * 1024, cpus: 4 })
    const model = {
      ...makeModel(lost),
      now: 120_000,
      clusters: new EntityTable([[CLUSTER, inventCluster(1, { id: CLUSTER, name: 'Default' })]]),
      hosts: new EntityTable([
        [HOST_A, makeHost({ id: HOST_A, name: 'a', clusterId: CLUSTER, status: 'non-responsive', facts, ...host })],
        [HOST_B, makeHost({ id: HOST_B, name: 'b', clusterId: CLUSTER, facts })],
      ]),
      storageDomains: new EntityTable([[DOMAIN, domain]]),
      disks: new EntityTable([[known.id, known]]),
    }
    const policy = { abilitiesOf: () => null, promisedOn: () => new Map() }
    const place = decideStart(model, lost, named, policy, confirmed)
    if (place instanceof AppError) return 'hint' in place.params ? place.params.hint : place.code
    expect(place).toMatchObject({ movesFrom: HOST_A, isLost: true })
    return place.hostId === HOST_B ? 'b' : 'a'
  }

  test.each<[string, World, string]>([
    ['its storage has let go of its host', {}, 'b'],
    ['a person knows that it is off', { locks: proof('exclusive'), confirmed: true }, 'b'],
    ['its storage only locks', { locks: proof('exclusive') }, 'start-unfenced'],
    ['others may write its disk, too', { disk: { shareable: true } }, 'start-unfenced'],
    ['no storage domain has its disk', { vm: { disks: [{ ...drive, source: '/var/x.qcow2' }] } }, 'start-unfenced'],
    [
      'its disk stays behind',
      { vm: { disks: [{ ...drive, source: '/var/x.qcow2' }] }, confirmed: true },
      'vm.bound-to-host',
    ],
    ['it has snapshots', { vm: { hasSnapshots: true }, confirmed: true }, 'vm.bound-to-host'],
    ['its state is saved there', { vm: { hasManagedSave: true }, confirmed: true }, 'vm.bound-to-host'],
    ['its host is only being connected', { host: { status: 'connecting' } }, 'vm.status-unknown'],
    ['its own host is named', { named: HOST_A, confirmed: true }, 'vm.status-unknown'],
    ['another is named', { named: HOST_B }, 'b'],
    ['its own host answers, and libvirt does not know', { vm: { stale: false }, confirmed: true }, 'vm.status-unknown'],
  ])('when %s', (_when, parts, expected) => {
    expect(placeIn(parts)).toBe(expected)
  })
})

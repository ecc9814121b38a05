import { describe, expect, test } from 'vitest'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import type { WantedVolume } from '../../../../src/main/host-storage/build-pool-xml.ts'
import type { ToldPool, ToldVolume } from '../../../../src/main/host-storage/fetch-pools.ts'
import {
  decideOwn,
  decidePoolCreate,
  decidePoolUnused,
  decideVolumeCreate,
  decideVolumeRemove,
} from '../../../../src/main/host-storage/pool-rules.ts'
import type {
  HostId,
  HostPoolSource,
  StorageDomain,
  StorageDomainId,
  Vm,
  VmId,
} from '../../../../src/shared/domain/index.ts'
import { makeHost } from '../host/make-host.ts'
import { makeDomain } from '../storage/make-domain.ts'
import { makeModel, makeVm } from '../vm/make-model.ts'

const HOST = 'aaaaaaaa-0000-4000-8000-0000000000a1' as HostId
const ELSEWHERE = 'aaaaaaaa-0000-4000-8000-0000000000a2' as HostId
const DOMAIN = 'eeeeeeee-0000-4000-8000-000000000001' as StorageDomainId

function volume(name: string, changes: Partial<ToldVolume> = {}): ToldVolume {
  return {
    name,
    path: `/pool/${name}`,
    format: 'qcow2',
    capacityBytes: 100,
    allocatedBytes: 10,
    backingPath: null,
    ...changes,
  }
}

function pool(changes: Partial<ToldPool> = {}): ToldPool {
  const volumes = changes.volumes ?? []
  return {
    id: 'ffffffff-0000-4000-8000-000000000001',
    name: 'own',
    type: 'dir',
    isActive: true,
    isPersistent: true,
    autostart: true,
    path: '/pool',
    capacityBytes: 1_000,
    availableBytes: 500,
    volumes,
    volumeCount: volumes.length,
    asOf: 0,
    ...changes,
  }
}

const drive = (source: string, sourceType: 'file' | 'volume' = 'file') =>
  ({ source, sourceType }) as unknown as Vm['disks'][number]

function world(vms: readonly Vm[] = [], domains: readonly StorageDomain[] = []): ModelSnapshot {
  return {
    ...makeModel(...vms),
    hosts: new EntityTable([[HOST, makeHost({ id: HOST, name: 'node1' })]]),
    storageDomains: new EntityTable(domains.map((domain) => [domain.id, domain])),
  }
}

const domainAt = (targetPath: string, hostId = HOST): StorageDomain =>
  makeDomain({
    id: DOMAIN,
    name: 'data',
    targetPath,
    connections: [{ hostId, status: 'connected', error: null, since: 0, mounted: null }],
  })

describe('a pool is made', () => {
  const create = (
    source: HostPoolSource,
    { pools = [pool()], types = null as ReadonlySet<string> | null, model = world(), name = 'new' } = {},
  ) => decidePoolCreate(model, HOST, { name, source }, { pools, types })
  const dir = (path: string): HostPoolSource => ({ type: 'dir', path })

  test('where nothing else is', () => {
    expect(create(dir('/other'))).toBeNull()
    expect(create(dir('/pool/inside'))).toBeNull()
    expect(create({ type: 'zfs', dataset: 'tank' }, { types: new Set(['dir', 'zfs']) })).toBeNull()
  })

  test.each<[string, Parameters<typeof create>, object]>([
    ['name-taken', [dir('/other'), { name: 'own' }], { name: 'own', hostName: 'node1' }],
    ['place-taken', [dir('/pool')], { path: '/pool', other: 'own', hostName: 'node1' }],
    [
      'place-taken',
      [{ type: 'logical', volumeGroup: 'vg' }, { pools: [pool({ path: '/dev/vg' })] }],
      { path: '/dev/vg', other: 'own' },
    ],
    ['type-missing', [{ type: 'zfs', dataset: 'tank' }, { types: new Set(['dir']) }], { type: 'zfs' }],
    ['place-of-domain', [dir('/data'), { model: world([], [domainAt('/data')]) }], { domainName: 'data' }],
    ['place-of-domain', [dir('/data/x'), { model: world([], [domainAt('/data')]) }], { path: '/data/x' }],
    ['place-of-domain', [dir('/data'), { model: world([], [domainAt('/data/x')]) }], { path: '/data' }],
  ])('and not otherwise: %s', (code, given, params) => {
    expect(create(...given)).toMatchObject({ code: `host-pool.${code}`, params })
  })

  test('beside what only looks like the path of a domain, or is on another host', () => {
    expect(create(dir('/data2'), { model: world([], [domainAt('/data')]) })).toBeNull()
    expect(create(dir('/data'), { model: world([], [domainAt('/data', ELSEWHERE)]) })).toBeNull()
  })
})

describe('a pool', () => {
  test('of a storage domain is not a host’s own', () => {
    const model = world([], [domainAt('/data')])
    expect(decideOwn(model, pool({ id: DOMAIN }))).toMatchObject({
      code: 'host-pool.is-domain',
      params: { domainName: 'data' },
    })
    expect(decideOwn(model, pool())).toBeNull()
  })

  test('is kept for the machines on it: by path and by pool and name, those of other hosts only where servers keep it', () => {
    const used = pool({ volumes: [volume('a'), volume('b')] })
    const down = makeVm({ id: 'down' as VmId, name: 'down', hostId: HOST, domainId: null, disks: [drive('/pool/a')] })
    const running = makeVm({
      id: 'running' as VmId,
      name: 'running',
      hostId: HOST,
      domainId: 7,
      disks: [drive('own/b', 'volume')],
    })
    const far = makeVm({ id: 'far' as VmId, name: 'far', hostId: ELSEWHERE, domainId: 8, disks: [drive('/pool/a')] })
    const names = (vms: readonly Vm[], isRunningOnly: boolean, type = 'dir') => {
      const refusal = decidePoolUnused(world(vms), HOST, { ...used, type }, { isRunningOnly })
      return refusal !== null && 'names' in refusal.params ? refusal.params.names : null
    }
    expect(names([down, running], false)).toBe('down, running')
    expect(names([down, running], true)).toBe('running')
    expect(names([down], true)).toBeNull()
    expect(names([far], false)).toBeNull()
    expect(names([far], false, 'netfs')).toBe('far')
  })
})

describe('a volume', () => {
  const wanted = (changes: Partial<WantedVolume> = {}): WantedVolume => ({
    name: 'new',
    sizeBytes: 600,
    format: 'qcow2',
    allocation: 'thin',
    ...changes,
  })
  const raw = wanted({ format: 'raw', sizeBytes: 500 })

  test('is made where it fits', () => {
    expect(decideVolumeCreate(pool(), wanted())).toBeNull()
    expect(decideVolumeCreate(pool({ type: 'logical' }), raw)).toBeNull()
    expect(decideVolumeCreate(pool({ type: 'zfs' }), wanted({ format: 'raw' }))).toBeNull()
  })

  test.each<[string, Partial<ToldPool>, WantedVolume]>([
    ['host-pool.not-active', { isActive: false }, wanted()],
    ['host-volume.name-taken', { volumes: [volume('new')] }, wanted()],
    ['host-volume.too-large', {}, wanted({ allocation: 'preallocated' })],
    ['host-volume.too-large', { type: 'logical' }, wanted({ format: 'raw' })],
    ['host-volume.format-unfit', { type: 'logical' }, wanted({ sizeBytes: 1 })],
    ['host-volume.name-unfit', { type: 'logical' }, { ...raw, name: 'two words' }],
    ['host-volume.name-unfit', { type: 'zfs' }, { ...raw, name: '-x' }],
  ])('and not otherwise: %s', (code, changes, volumeWanted) => {
    expect(decideVolumeCreate(pool(changes), volumeWanted)?.code).toBe(code)
  })

  test('is deleted unless something needs it', () => {
    const base = volume('base')
    const above = volume('above', { backingPath: '/pool/base' })
    const user = makeVm({ name: 'web', hostId: HOST, domainId: null, disks: [drive('/pool/above')] })
    const remove = (name: string, changes: Partial<ToldPool> = {}, vms: readonly Vm[] = []) =>
      decideVolumeRemove(world(vms), HOST, pool({ volumes: [base, above], ...changes }), name)
    expect(remove('above')).toBeNull()
    expect(remove('base')).toMatchObject({ code: 'host-volume.backing', params: { names: 'above', count: 1 } })
    expect(remove('above', {}, [user])).toMatchObject({ code: 'host-volume.used', params: { names: 'web', count: 1 } })
    expect(remove('gone')).toMatchObject({ code: 'host-volume.not-found' })
    expect(remove('beyond', { volumeCount: 2_000 })).toBeNull()
    expect(remove('above', { isActive: false })).toMatchObject({ code: 'host-pool.not-active' })
  })
})

import { describe, expect, it } from 'vitest'
import { overallocationOf, usedOf } from '../../../src/renderer/features/storage/space.ts'
import { describePlace, storageTone } from '../../../src/renderer/features/storage/status.ts'
import { inventError } from './invented.ts'
import { inventStorageDomain } from './invented-storage.ts'

const GIB = 1_073_741_824

describe('usedOf', () => {
  it.each([
    { what: 'room enough', availableGib: 738, level: 'normal' },
    { what: 'just above the warning', availableGib: 205, level: 'normal' },
    { what: 'below the warning of 10 %', availableGib: 204, level: 'high' },
    { what: 'below the critical 5 GiB', availableGib: 4, level: 'full' },
  ])('goes by the domain’s own levels: $what', ({ availableGib, level }) => {
    const domain = inventStorageDomain(1, {
      availableBytes: availableGib * GIB,
      allocationBytes: (2_048 - availableGib) * GIB,
    })
    expect(usedOf(domain)?.level).toBe(level)
  })

  it('counts what others than this pool use as used too, where the host tells only what is free', () => {
    const domain = inventStorageDomain(1, { allocationBytes: 2_047 * GIB, availableBytes: null })
    expect(usedOf(domain)).toEqual({ percent: (2_047 / 2_048) * 100, level: 'full' })
  })

  it.each([{ capacityBytes: null }, { allocationBytes: null }, { capacityBytes: 0 }])(
    'is not guessed of %j',
    (change) => {
      expect(usedOf(inventStorageDomain(1, change))).toBeNull()
    },
  )
})

describe('overallocationOf', () => {
  it('is above 100 when the disks do not all fit', () => {
    expect(overallocationOf({ provisionedBytes: 3 * GIB, capacityBytes: 2 * GIB })).toBe(150)
  })

  it('is not known without a size', () => {
    expect(overallocationOf({ provisionedBytes: 3 * GIB, capacityBytes: null })).toBeNull()
  })
})

describe('storageTone', () => {
  const problem = (severity: 'warning' | 'error') => ({
    severity,
    error: inventError('storage.unreachable', { name: 'data' }),
  })

  it('shows the worst problem of an active domain', () => {
    expect(storageTone(inventStorageDomain(1))).toBe('ok')
    expect(storageTone(inventStorageDomain(1, { problems: [problem('warning')] }))).toBe('warning')
    expect(storageTone(inventStorageDomain(1, { problems: [problem('warning'), problem('error')] }))).toBe('bad')
  })

  it('shows the status of one that is not active, whatever is wrong', () => {
    expect(storageTone(inventStorageDomain(1, { status: 'maintenance', problems: [problem('error')] }))).toBe('paused')
  })
})

describe('describePlace', () => {
  it.each([
    [{ kind: 'nfs', server: 'nas', export: '/exports/data', version: 'auto' }, 'nas:/exports/data'],
    [{ kind: 'posix', path: '/mnt/data' }, '/mnt/data'],
    [{ kind: 'posix', path: '/data', source: 'gfs:/vol', fileSystem: 'glusterfs' }, 'gfs:/vol'],
    [{ kind: 'local', path: '/srv/vm' }, '/srv/vm'],
  ] as const)('writes %j as an admin would', (storage, text) => {
    expect(describePlace(storage)).toBe(text)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideClusterProblems } from '../../../../src/main/cluster/decide-cluster-problems.ts'
import { decideFreeMacRange } from '../../../../src/main/cluster/decide-mac-range.ts'
import {
  type ClusterDefinition,
  clusterSettingsChangesSchema,
  defaultClusterSettings,
  type MacRange,
  macRangeSchema,
  macRangesOverlap,
} from '../../../../src/shared/domain/index.ts'

const range = (from: string, to: string): MacRange => ({ from, to })
const BLOCK = range('56:6f:00:01:00:00', '56:6f:00:01:ff:ff')
const cluster = (name: string, macRange: MacRange): ClusterDefinition => ({
  id: name as ClusterDefinition['id'],
  datacenterId: 'd' as ClusterDefinition['datacenterId'],
  name,
  revision: 1,
  settings: { ...defaultClusterSettings, macRange },
})

describe('a range of MAC addresses', () => {
  test.each([
    ['is taken as it is typed', { from: '56-6F-00-01-00-00', to: ' 56:6f:00:01:00:ff' }, true],
    ['may have one address', { from: BLOCK.from, to: BLOCK.from }, true],
    ['must not end before it begins', { from: BLOCK.to, to: BLOCK.from }, false],
    ['must not have multicast addresses', { from: '57:6f:00:00:00:00', to: '57:6f:00:00:00:ff' }, false],
    ['must not run into multicast addresses', { from: '56:ff:00:00:00:00', to: '58:00:00:00:00:00' }, false],
    ['is made of addresses', { from: '56:6f', to: BLOCK.to }, false],
    ['is made of addresses at both ends', { from: BLOCK.from, to: 'zz' }, false],
  ])('%s', (_what, input, valid) => {
    expect(macRangeSchema.safeParse(input).success).toBe(valid)
    expect(clusterSettingsChangesSchema.safeParse({ macRange: input }).success).toBe(valid)
  })

  test('of a new cluster is the next one that no other has an address of', () => {
    expect(decideFreeMacRange([], 1)).toEqual(BLOCK)
    expect(decideFreeMacRange([range('56:6f:00:01:ff:ff', '56:6f:00:02:00:00')], 1)?.from).toBe('56:6f:00:03:00:00')
    expect(decideFreeMacRange([], 0xffff)?.from).toBe('56:6f:ff:ff:00:00')
    expect(decideFreeMacRange([range('56:6f:ff:ff:00:00', '56:6f:ff:ff:ff:ff')], 0xffff)?.from).toBe(
      '56:6f:00:00:00:00',
    )
    expect(decideFreeMacRange([range('56:6f:00:00:00:00', '56:6f:ff:ff:ff:ff')], 7)).toBeNull()
  })

  test('of any row of new clusters are apart', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(20), (first, count) => {
        const taken: MacRange[] = []
        for (let index = 0; index < count; index += 1) {
          const free = decideFreeMacRange(taken, first)
          expect(free !== null && taken.every((other) => !macRangesOverlap(other, free))).toBe(true)
          if (free !== null) taken.push(free)
        }
      }),
    )
  })
})

describe('the problems of a cluster', () => {
  const blue = cluster('blue', BLOCK)
  const nothing = { others: [], usedMacAddresses: 0, duplicates: [], vms: new Map(), cpuError: null }

  test('are none where there are none', () => {
    expect(decideClusterProblems(blue, nothing)).toEqual([])
  })

  test('name the clusters that could give the same addresses', () => {
    const others = [
      cluster('red', range('56:6f:00:01:ff:00', '56:6f:00:02:00:00')),
      cluster('green', range('56:6f:01:00:00:00', '56:6f:01:00:ff:ff')),
    ]
    expect(decideClusterProblems(blue, { ...nothing, others })).toMatchObject([
      { severity: 'warning', error: { code: 'cluster.mac-range-overlaps', params: { references: [{ name: 'red' }] } } },
    ])
  })

  test.each([
    [65_525, []],
    [65_526, [{ error: { code: 'cluster.mac-range-short', params: { left: 10 } } }]],
    [65_536, [{ error: { code: 'cluster.mac-range-short', params: { left: 0 } } }]],
  ])('warn from ten free addresses on (%i used)', (usedMacAddresses, problems) => {
    expect(decideClusterProblems(blue, { ...nothing, usedMacAddresses })).toMatchObject(problems)
  })

  test('name the VMs with one address, where one of them is in the cluster', () => {
    const vm = (id: string, clusterId: string) => [id, { id, name: `vm ${id}`, clusterId }] as const
    const vms = new Map([vm('1', 'blue'), vm('2', 'red'), vm('3', 'red')]) as never
    const duplicates = [
      { mac: '56:6f:00:00:00:01', vmIds: ['1', '2'] },
      { mac: '56:6f:00:00:00:02', vmIds: ['2', '3'] },
    ] as never
    expect(decideClusterProblems(blue, { ...nothing, vms, duplicates })).toMatchObject([
      {
        error: {
          code: 'cluster.mac-address-twice',
          params: { mac: '56:6f:00:00:00:01', references: [{ name: 'vm 1' }, { name: 'vm 2' }] },
        },
      },
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTree, createTreeReader, nodeId, ROOT_ID } from '../../../src/renderer/features/tree/tree-model.ts'
import { createTypeAhead } from '../../../src/renderer/features/tree/type-ahead.ts'
import type { Host, Vm } from '../../../src/shared/domain/index.ts'
import { inventHost, inventVm } from './invented.ts'

const one = inventHost(1, { name: 'node1' })
const two = inventHost(2, { name: 'node2' })
const ten = inventHost(10, { name: 'node10' })

function mapOf<T extends { readonly id: string }>(entities: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entities.map((entity) => [entity.id, entity]))
}

describe('the tree', () => {
  it('sorts names as people do, with numbers by value', () => {
    const tree = buildTree([ten, two, one], [])
    expect(tree.children.get(ROOT_ID)).toEqual([one, two, ten].map(({ id }) => nodeId('host', id)))
  })

  it('hangs each VM under its host and leaves out those of unknown hosts', () => {
    const vm = inventVm(1, one.id)
    const stray = inventVm(2, ten.id)
    const tree = buildTree([one, two], [vm, stray])
    expect(tree.children.get(nodeId('host', one.id))).toEqual([nodeId('vm', vm.id)])
    expect(tree.children.get(nodeId('host', two.id))).toEqual([])
    expect(tree.nodes.has(nodeId('vm', stray.id))).toBe(false)
  })

  it('does not depend on the order in which entities arrive', () => {
    const vms = Array.from({ length: 12 }, (_unused, index) => inventVm(index, one.id, { name: `vm-${index % 4}` }))
    fc.assert(
      fc.property(fc.shuffledSubarray(vms, { minLength: vms.length }), (shuffled) => {
        expect(buildTree([one], shuffled)).toEqual(buildTree([one], vms))
      }),
    )
  })

  it('is the same object while only statuses change', () => {
    const read = createTreeReader()
    const hosts: ReadonlyMap<string, Host> = mapOf([one])
    const vm = inventVm(1, one.id)
    const before = read(hosts, mapOf([vm]))
    expect(read(hosts, mapOf<Vm>([{ ...vm, status: 'paused' }]))).toBe(before)
    expect(read(hosts, mapOf([{ ...vm, name: 'other' }]))).not.toBe(before)
  })

  it('is another object when a VM moves to another host, comes or goes', () => {
    const read = createTreeReader()
    const hosts = mapOf([one, two])
    const vm = inventVm(1, one.id)
    const before = read(hosts, mapOf([vm]))
    const moved = read(hosts, mapOf([{ ...vm, hostId: two.id }]))
    expect(moved).not.toBe(before)
    expect(moved.children.get(nodeId('host', two.id))).toHaveLength(1)
    expect(read(hosts, mapOf<Vm>([])).nodes.size).toBe(3)
  })
})

describe('typing letters in the tree', () => {
  const names = ['alpha', 'beta', 'bravo', 'charlie']

  it('goes to the next item that begins with the letter, and around', () => {
    const typed = createTypeAhead()
    expect(typed('b', 0, names, 0)).toBe(1)
    expect(typed('b', 100, names, 1)).toBe(2)
    expect(typed('b', 200, names, 2)).toBe(1)
  })

  it('reads letters in quick succession as one beginning', () => {
    const typed = createTypeAhead()
    expect(typed('b', 0, names, 0)).toBe(1)
    expect(typed('r', 100, names, 1)).toBe(2)
  })

  it('starts anew after a pause, and finds nothing for what nothing begins with', () => {
    const typed = createTypeAhead()
    typed('b', 0, names, 0)
    expect(typed('c', 5_000, names, 1)).toBe(3)
    expect(typed('x', 10_000, names, 3)).toBe(-1)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideTreeMove } from '../../../src/renderer/features/tree/tree-keys.ts'
import { nodeId, type TreeEntry, TreeRows } from '../../../src/renderer/features/tree/tree-rows.ts'
import { createTypeAhead } from '../../../src/renderer/features/tree/type-ahead.ts'

/** An entry; the parent is the id of a host, also of one that is a child itself. */
function entry(kind: 'host' | 'vm', id: string, parent: string | null, name = id): TreeEntry {
  return {
    ref: { kind, id },
    name,
    rank: kind === 'host' ? 10 : 20,
    parent: parent === null ? null : { kind: 'host', id: parent },
  }
}

function lines(tree: TreeRows): string[] {
  return tree.read().map(({ name, depth, isExpandable, isExpanded }) => {
    const sign = isExpandable ? (isExpanded ? '- ' : '+ ') : ''
    return `${'  '.repeat(depth)}${sign}${name}`
  })
}

/** 100 hosts of 100 machines each. */
function createLarge(): TreeRows {
  const tree = new TreeRows()
  const hosts = Array.from({ length: 100 }, (_unused, host) => entry('host', `h${host}`, null))
  tree.update(hosts, [])
  tree.update(
    Array.from({ length: 10_000 }, (_unused, number) => entry('vm', `v${number}`, `h${number % 100}`)),
    [],
  )
  tree.read()
  return tree
}

describe('the lines of the tree', () => {
  it('stand below their parents, of any depth, sorted by kind and then by name with numbers by value', () => {
    const tree = new TreeRows()
    tree.update(
      [
        entry('host', 'dc', null),
        entry('vm', 'vm10', 'cluster'),
        entry('vm', 'vm9', 'cluster'),
        entry('host', 'node', 'cluster'),
        entry('host', 'cluster', 'dc'),
        entry('vm', 'own', 'node'),
      ],
      [],
    )
    expect(lines(tree)).toEqual(['- dc', '  - cluster', '    - node', '      own', '    vm9', '    vm10'])
    tree.setCollapsed([nodeId({ kind: 'host', id: 'node' })])
    expect(lines(tree)).toEqual(['- dc', '  - cluster', '    + node', '    vm9', '    vm10'])
    expect(tree.ancestorsOf('vm:own')).toEqual(['host:node', 'host:cluster', 'host:dc'])
    expect(tree.positionOf('vm:vm10')).toEqual({ position: 3, size: 3 })
  })

  it('wait for a parent that is not there, and for one that leaves a circle', () => {
    const tree = new TreeRows()
    tree.update([entry('vm', 'web', 'node'), entry('host', 'a', 'b'), entry('host', 'b', 'a')], [])
    expect(lines(tree)).toEqual([])
    tree.update([entry('host', 'node', null), entry('host', 'b', null)], [])
    expect(lines(tree)).toEqual(['- b', '  a', '- node', '  web'])
    tree.update([], [{ kind: 'host', id: 'node' }])
    expect(lines(tree)).toEqual(['- b', '  a'])
    tree.update([entry('host', 'node', 'a')], [])
    expect(lines(tree)).toEqual(['- b', '  - a', '    - node', '      web'])
  })

  it('are those of a tree that is built anew, after any changes in any order', () => {
    const id = fc.constantFrom(...'abcdefghij')
    const change = fc.oneof(
      fc.record({
        type: fc.constant('put' as const),
        id,
        parent: fc.option(id),
        name: fc.constantFrom('x', 'y', 'z2', 'z10'),
      }),
      fc.record({ type: fc.constant('remove' as const), id }),
      fc.record({ type: fc.constant('collapse' as const), ids: fc.uniqueArray(id) }),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const tree = new TreeRows()
        const entries = new Map<string, TreeEntry>()
        let collapsed: readonly string[] = []
        for (const made of changes) {
          if (made.type === 'put') {
            const own = entry('host', made.id, made.parent, made.name)
            entries.set(made.id, own)
            tree.update([own], [])
          } else if (made.type === 'remove') {
            entries.delete(made.id)
            tree.update([], [{ kind: 'host', id: made.id }])
          } else {
            collapsed = made.ids.map((closed) => `host:${closed}`)
            tree.setCollapsed(collapsed)
          }
          tree.read()
        }
        const anew = new TreeRows()
        anew.update(entries.values(), [])
        anew.setCollapsed(collapsed)
        expect(tree.read()).toEqual(anew.read())
        for (const { id: line } of tree.read()) expect(tree.positionOf(line)).toEqual(anew.positionOf(line))
      }),
    )
  })
})

describe('the work of a tree of 10,000 machines', () => {
  it('is none when a change is none of the structure', () => {
    const tree = createLarge()
    const before = tree.read()
    const work = { ...tree.work }
    tree.update([entry('vm', 'v7', 'h7')], [])
    tree.setCollapsed([])
    expect(tree.read()).toBe(before)
    expect(tree.work).toEqual(work)
  })

  it.each([
    ['a machine that comes', [entry('vm', 'new', 'h7')], [], { rows: 1, placed: 1 }],
    ['a machine that goes', [], [{ kind: 'vm' as const, id: 'v7' }], { rows: 0, placed: 0 }],
    ['a machine with another name', [entry('vm', 'v7', 'h7', 'other')], [], { rows: 1, placed: 1 }],
    ['a machine that moves', [entry('vm', 'v7', 'h8')], [], { rows: 1, placed: 1 }],
  ])('is that of %s alone', (_what, entries, gone, expected) => {
    const tree = createLarge()
    const work = { ...tree.work }
    tree.update(entries, gone)
    tree.read()
    const { rows, placed, joined } = tree.work
    expect({ rows: rows - work.rows, placed: placed - work.placed }).toEqual(expected)
    // The list of the whole, and those of the hosts that it left and came to.
    expect(joined - work.joined).toBeLessThanOrEqual(3)
  })

  it('is one line when a host is closed', () => {
    const tree = createLarge()
    const { rows } = tree.work
    tree.setCollapsed(['host:h7'])
    expect(tree.read()).toHaveLength(10_000)
    expect(tree.work.rows - rows).toBe(1)
  })
})

describe('the work of a tree of 10,000 machines in clusters', () => {
  /** A datacenter of 10 clusters of 10 hosts of 100 machines each. */
  function createDeep(): TreeRows {
    const tree = new TreeRows()
    tree.update([entry('host', 'dc', null)], [])
    tree.update(
      Array.from({ length: 10 }, (_unused, number) => entry('host', `c${number}`, 'dc')),
      [],
    )
    tree.update(
      Array.from({ length: 100 }, (_unused, number) => entry('host', `h${number}`, `c${number % 10}`)),
      [],
    )
    tree.update(
      Array.from({ length: 10_000 }, (_unused, number) => entry('vm', `v${number}`, `h${number % 100}`)),
      [],
    )
    tree.read()
    return tree
  }

  it('is one line and the lists on its way up when a machine comes', () => {
    const tree = createDeep()
    const { rows, placed, joined } = tree.work
    tree.update([entry('vm', 'new', 'h7')], [])
    expect(tree.read()).toHaveLength(10_112)
    expect({ rows: tree.work.rows - rows, placed: tree.work.placed - placed }).toEqual({ rows: 1, placed: 1 })
    // Those of its host, its cluster, its datacenter, and of the whole.
    expect(tree.work.joined - joined).toBe(4)
  })

  it('is that of the host alone when a host goes to another cluster; its machines keep their lines', () => {
    const tree = createDeep()
    const before = new Map(tree.read().map((row) => [row.id, row]))
    const { rows, placed, joined } = tree.work
    tree.update([entry('host', 'h7', 'c8')], [])
    const after = tree.read()
    expect({ rows: tree.work.rows - rows, placed: tree.work.placed - placed }).toEqual({ rows: 1, placed: 1 })
    expect(tree.work.joined - joined).toBeLessThanOrEqual(4)
    expect(after.filter((row) => before.get(row.id) !== row).map(({ id }) => id)).toEqual(['host:h7'])
    expect(tree.ancestorsOf('vm:v7')).toEqual(['host:h7', 'host:c8', 'host:dc'])
  })
})

describe('the keys of the tree', () => {
  const tree = new TreeRows()
  tree.update([entry('host', 'a', null), entry('vm', 'a1', 'a'), entry('vm', 'a2', 'a'), entry('host', 'b', null)], [])
  tree.setCollapsed(['host:b'])
  tree.update([entry('vm', 'b1', 'b')], [])
  const rows = tree.read()

  it.each([
    ['ArrowDown', 0, { type: 'focus', index: 1 }],
    ['ArrowUp', 0, null],
    ['ArrowDown', 3, null],
    ['Home', 2, { type: 'focus', index: 0 }],
    ['End', 0, { type: 'focus', index: 3 }],
    ['PageDown', 0, { type: 'focus', index: 2 }],
    ['PageUp', 3, { type: 'focus', index: 1 }],
    ['ArrowRight', 0, { type: 'focus', index: 1 }],
    ['ArrowRight', 1, null],
    ['ArrowRight', 3, { type: 'expand', id: 'host:b' }],
    ['ArrowLeft', 0, { type: 'collapse', id: 'host:a' }],
    ['ArrowLeft', 2, { type: 'focus', index: 0 }],
    ['ArrowLeft', 3, null],
    ['Tab', 0, null],
  ])('%s on line %i', (key, focused, expected) => {
    expect(decideTreeMove(rows, focused, key, 2)).toEqual(expected)
  })

  it('do nothing in an empty tree', () => {
    for (const key of ['ArrowDown', 'ArrowLeft', 'End', 'PageUp']) expect(decideTreeMove([], 0, key, 2)).toBeNull()
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

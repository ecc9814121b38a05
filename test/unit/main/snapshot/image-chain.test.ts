import { describe, expect, test } from 'vitest'
import { decideSizes } from '../../../../src/main/snapshot/on-host/fetch-sizes.ts'
import {
  type ChainLayer,
  decideUnusedLayers,
  parseChain,
  readChainsScript,
} from '../../../../src/main/snapshot/on-host/image-chain.ts'
import { makeLayered, makeSnapshot } from './make-snapshot.ts'

const layer = (path: string): ChainLayer => ({ path, format: 'qcow2', allocatedBytes: 0, snapshots: [] })
const chain = (...paths: readonly string[]) => paths.map(layer)

describe('what qemu-img says of an image', () => {
  test('is its layers down to the base, with the snapshots inside', () => {
    const told = [
      { filename: '/data/two', format: 'qcow2', 'actual-size': 4_096, 'full-backing-filename': '/data/one' },
      {
        filename: '/data/one',
        format: 'raw',
        'actual-size': 8_192,
        snapshots: [{ name: 'a', 'vm-state-size': 5, id: '1' }],
      },
    ]
    expect(parseChain(JSON.stringify(told))).toEqual([
      { path: '/data/two', format: 'qcow2', allocatedBytes: 4_096, snapshots: [] },
      { path: '/data/one', format: 'raw', allocatedBytes: 8_192, snapshots: [{ name: 'a', memoryBytes: 5 }] },
    ])
  })

  test.each([
    ["qemu-img: Could not open '/data/one':\n No such file", "qemu-img: Could not open '/data/one': No such file"],
    ['', 'nothing was read'],
    ['{}', 'qemu-img says something else than expected'],
  ])('%j is a reason', (text, reason) => {
    expect(parseChain(text)).toBe(reason)
  })

  test('a path is one word, whatever it is called', () => {
    expect(readChainsScript(["/data/it's; rm -rf $HOME"])).toContain(String.raw`-- '/data/it'\''s; rm -rf $HOME'`)
  })
})

describe('layers that can go', () => {
  test.each([
    ['a branch of the same image', chain('b', 'base'), chain('now', 'base'), [chain('now', 'base')], ['b']],
    ['one that something else lies on', chain('b', 'base'), chain('now', 'base'), [chain('x', 'b', 'base')], []],
    ['what the machine has', chain('now', 'base'), chain('now', 'base'), [chain('now', 'base')], []],
    ['a base image', chain('base'), chain('now', 'base'), [chain('now', 'base')], []],
    ['a disk that has nothing to do with it', chain('b', 'elsewhere'), chain('now', 'base'), [], []],
    ['an image that is gone', [], chain('now', 'base'), [], []],
  ] as const)('%s', (_what, candidate, instead, kept, unused) => {
    expect(decideUnusedLayers([{ chain: candidate, instead }], kept)).toEqual(unused)
  })
})

test('sizes are those of layers and memory, and of what lies inside its memory', () => {
  const inside = { ...layer('/data/web'), snapshots: [{ name: 'inside', memoryBytes: 7 }] }
  const found = [
    makeSnapshot('inside'),
    makeLayered('layered', { memory: { kind: 'external', file: '/data/memory' } }),
    makeLayered('unseen'),
  ]
  const allocated = new Map([
    ['/data/layered', 3],
    ['/data/memory', 4],
    ['/data/unseen', null],
  ])
  expect([...decideSizes(found, [inside], allocated)]).toEqual([
    ['inside', 7],
    ['layered', 7],
  ])
})

import { describe, expect, test } from 'vitest'
import { decideRemoval, decideRevert, descendantsOf, lineageOf } from '../../../../src/main/snapshot/decide-removal.ts'
import type { FoundSnapshot } from '../../../../src/main/snapshot/fetch-snapshots.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeLayered, makeSnapshot } from './make-snapshot.ts'

const vm = { name: 'web' }
const host = (libvirtVersion: string) => ({ name: 'node1', libvirtVersion })
const said = (verdict: string | AppError) => (verdict instanceof AppError ? verdict.code : verdict)

/** one ← two ← three, and one ← other; the machine goes on from three. */
const tree: readonly FoundSnapshot[] = [
  makeLayered('one'),
  makeLayered('two', { parent: 'one' }),
  makeLayered('three', { parent: 'two', isCurrent: true }),
  makeLayered('other', { parent: 'one' }),
]
const line = tree.slice(0, 3)

describe('what is there below and above a snapshot', () => {
  test('the line of what the machine is now, and all that goes on from one', () => {
    expect(lineageOf(tree).map(({ name }) => name)).toEqual(['three', 'two', 'one'])
    expect(
      descendantsOf(tree, 'one')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['other', 'three', 'two'])
  })

  test('those that are each other’s parents end', () => {
    const round = [makeSnapshot('a', { parent: 'b', isCurrent: true }), makeSnapshot('b', { parent: 'a' })]
    expect(lineageOf(round)).toHaveLength(2)
    expect(descendantsOf(round, 'a')).toHaveLength(2)
  })
})

describe('how a snapshot is removed', () => {
  test.each([
    ['inside, alone', [makeSnapshot('one')], 'one', '8.0.0', 'host'],
    [
      'inside, under others inside',
      [makeSnapshot('one'), makeSnapshot('two', { parent: 'one' })],
      'one',
      '9.0.0',
      'host',
    ],
    [
      'inside, under layers',
      [makeSnapshot('one'), makeLayered('two', { parent: 'one' })],
      'one',
      '11.3.0',
      'snapshot.below-layers',
    ],
    ['the current layer', line, 'three', '9.0.0', 'host'],
    ['a layer in the middle', line, 'two', '9.0.0', 'host'],
    ['one that a branch goes on from', tree, 'one', '9.0.0', 'snapshot.has-branches'],
    ['the end of a branch', tree, 'other', '9.0.0', 'drop'],
    ['a branch where libvirt knows of them', tree, 'one', '11.3.0', 'host'],
    ['a layer on a host that cannot', line, 'three', '8.10.0', 'snapshot.host-too-old'],
    ['none of that name', line, 'four', '11.3.0', 'snapshot.not-found'],
  ] as const)('%s', (_what, snapshots, name, version, then) => {
    expect(said(decideRemoval(vm, snapshots, name, host(version)))).toBe(then)
  })
})

describe('how a machine goes back', () => {
  test.each([
    ['inside', [makeSnapshot('one')], 'one', '8.0.0', 'host'],
    [
      'inside, under layers that would be lost',
      [makeSnapshot('one'), makeLayered('two', { parent: 'one' })],
      'one',
      '11.3.0',
      'snapshot.below-layers',
    ],
    ['layers, by libvirt', tree, 'one', '9.9.0', 'host'],
    ['layers, by ourselves', tree, 'one', '9.0.0', 'layers'],
    ['layers, where they could not be removed any more', tree, 'one', '8.10.0', 'snapshot.host-too-old'],
    [
      'layers whose machine is not kept',
      [makeLayered('one', { domainXml: null })],
      'one',
      '9.0.0',
      'snapshot.host-too-old',
    ],
    [
      'layers of a disk that is no file',
      [makeLayered('one', { sources: new Map() })],
      'one',
      '9.0.0',
      'snapshot.host-too-old',
    ],
    ['none of that name', tree, 'four', '9.0.0', 'snapshot.not-found'],
  ] as const)('%s', (_what, snapshots, name, version, then) => {
    expect(said(decideRevert(vm, snapshots, name, host(version)))).toBe(then)
  })
})

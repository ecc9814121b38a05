import { expect, it } from 'vitest'
import { NameReader } from '../../../src/renderer/kinds/use-name-of.ts'
import type { Collections } from '../../../src/renderer/stores/index.ts'
import { EntityMap } from '../../../src/renderer/stores/index.ts'
import { inventHost } from './invented.ts'

it('names are another function only when one of them is another one', () => {
  const host = inventHost(1)
  let entities = EntityMap.from([host])
  const collections = { store: () => ({ getState: () => ({ entities }) }) } as unknown as Collections
  const reader = new NameReader(collections, ['host'])
  const before = reader.read()
  expect(before({ kind: 'host', id: host.id })).toBe(host.name)
  entities = entities.with([{ ...host, status: 'connecting' }], [])
  expect(reader.read()).toBe(before)
  entities = entities.with([{ ...host, name: 'other' }], [])
  expect(reader.read()).not.toBe(before)
  expect(reader.read()({ kind: 'host', id: host.id })).toBe('other')
  entities = entities.with([], [host.id])
  expect(reader.read()({ kind: 'host', id: host.id })).toBe('')
})

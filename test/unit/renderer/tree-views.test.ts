import { beforeAll, describe, expect, it } from 'vitest'
import type { EntityKind } from '../../../src/renderer/kinds/entity-kind.ts'
import { findAncestors } from '../../../src/renderer/kinds/find-ancestors.ts'
import { kindOf, registerKinds } from '../../../src/renderer/kinds/registry.ts'
import { creatableKinds, shownTreeViews, viewOfKind } from '../../../src/renderer/kinds/tree-views.ts'
import { findContainedIds } from '../../../src/renderer/kinds/use-contained-ids.ts'
import {
  applySnapshot,
  createCollections,
  ENTITY_TOPICS,
  type EntityName,
  type EntityRef,
} from '../../../src/renderer/stores/index.ts'
import { guid, inventCluster, inventDatacenter, inventHost } from './invented.ts'

const parent = (ref: EntityRef | null) => () => ref
const datacenter: EntityRef = { kind: 'datacenter', id: guid(5, 1) }

/** Kinds without what is drawn. Clusters stand for a kind that another view alone shows, as storage domains will be. */
beforeAll(() => {
  const kind = (name: EntityName, rank: number, rest: Partial<EntityKind>) => ({ name, rank, holds: [], ...rest })
  registerKinds([
    kind('datacenter', 1, {
      parents: { compute: parent(null), storage: parent(null) },
      holds: ['host', 'cluster'],
      create: { id: 'datacenter.create', label: () => '', open: () => undefined },
    }),
    kind('host', 2, {
      parents: { compute: parent(datacenter) },
      create: { id: 'host.add', label: () => '', isMain: true, open: () => undefined },
    }),
    kind('cluster', 3, {
      parents: { storage: parent(datacenter) },
      create: { id: 'cluster.create', label: () => '', isMain: true, open: () => undefined },
    }),
  ] as never)
})

function createInventory() {
  const collections = createCollections({ subscribe: () => () => undefined, onStatus: () => () => undefined } as never)
  const put = (kind: EntityName, entity: { readonly id: string }) =>
    collections
      .store(ENTITY_TOPICS[kind])
      .setState(applySnapshot({ epoch: 'e', rev: 1, entities: [entity] as never }) as never, true)
  put('datacenter', inventDatacenter(1))
  put('host', inventHost(1))
  put('cluster', inventCluster(1))
  return collections
}

describe('the views of the tree', () => {
  it('are those that some kind is in', () => {
    expect(shownTreeViews()).toEqual(['compute', 'storage'])
  })

  it.each([
    ['datacenter', 'compute', 'compute'],
    ['datacenter', 'storage', 'storage'],
    ['datacenter', 'networks', 'compute'],
    ['cluster', 'compute', 'storage'],
    ['host', 'storage', 'compute'],
  ] as const)('a %s that is to be shown in %s is in %s', (name, asked, view) => {
    expect(viewOfKind(kindOf(name), asked)).toBe(view)
  })

  it.each([
    ['compute', 'host', ['datacenter', 'host']],
    ['storage', 'cluster', ['datacenter', 'cluster']],
    ['networks', undefined, []],
  ] as const)('%s offers to make what it shows', (view, main, all) => {
    const offered = creatableKinds(view)
    expect(offered.main?.name).toBe(main)
    expect(offered.all.map(({ name }) => name)).toEqual(all)
  })

  it('do not change what is above a thing that only one of them has', () => {
    expect(findAncestors(createInventory(), 'cluster', inventCluster(1), 'compute')).toEqual([datacenter])
  })

  it('are all looked through for what is below something', () => {
    const ids = findContainedIds(createInventory(), 'datacenter', [datacenter.id])
    expect(ids).toEqual([datacenter.id, guid(1, 1), guid(4, 1)].sort())
  })
})

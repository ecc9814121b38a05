import { beforeAll, describe, expect, it } from 'vitest'
import type { EntityKind } from '../../../src/renderer/kinds/entity-kind.ts'
import { findAncestors } from '../../../src/renderer/kinds/find-ancestors.ts'
import { registerKinds } from '../../../src/renderer/kinds/registry.ts'
import { findContainedIds } from '../../../src/renderer/kinds/use-contained-ids.ts'
import { NameReader } from '../../../src/renderer/kinds/use-name-of.ts'
import {
  applySnapshot,
  type Collections,
  createCollections,
  ENTITY_TOPICS,
  type EntityName,
  type EntityRef,
} from '../../../src/renderer/stores/index.ts'
import type { ClusterId, DatacenterId } from '../../../src/shared/domain/index.ts'
import { guid, inventCluster, inventDatacenter, inventHost, inventVm } from './invented.ts'

/** Kinds as their features declare them, without what is drawn: a test has no page. */
const shape = (
  name: EntityName,
  holds: readonly EntityName[],
  parent: (entity: never) => EntityRef | null,
): EntityKind =>
  ({ name, rank: holds.length, holds, areMany: name === 'vm', parents: { compute: parent } }) as unknown as EntityKind

beforeAll(() => {
  registerKinds([
    shape('datacenter', ['cluster'], () => null),
    shape('cluster', ['host'], ({ datacenterId }: { datacenterId: string }) => ({
      kind: 'datacenter',
      id: datacenterId,
    })),
    shape('host', ['vm'], ({ clusterId }: { clusterId: string }) => ({ kind: 'cluster', id: clusterId })),
    shape('vm', [], ({ hostId }: { hostId: string }) => ({ kind: 'host', id: hostId })),
  ] as never)
})

/** Two datacenters; in the first two clusters with a host each, in the second a cluster without one. */
function createInventory(): { readonly collections: Collections; readonly reads: () => number } {
  let reads = 0
  const collections = createCollections({
    subscribe: () => () => undefined,
    onStatus: () => () => undefined,
  } as never)
  const put = (kind: EntityName, entities: readonly { readonly id: string }[]) =>
    collections
      .store(ENTITY_TOPICS[kind])
      .setState(applySnapshot({ epoch: 'e', rev: 1, entities: entities as never }) as never, true)
  const second = guid(5, 2) as DatacenterId
  put('datacenter', [inventDatacenter(1), inventDatacenter(2)])
  put('cluster', [inventCluster(1), inventCluster(2), inventCluster(3, { datacenterId: second })])
  const [one, two] = [inventHost(1), inventHost(2, { clusterId: guid(4, 2) as ClusterId })]
  put('host', [one, two])
  put('vm', [inventVm(1, one.id)])
  const machines = collections.store('vms')
  const original = machines.getState
  machines.getState = () => {
    reads += 1
    return original()
  }
  return { collections, reads: () => reads }
}

describe('what is below something', () => {
  const { collections, reads } = createInventory()

  it.each<[EntityName, string, readonly string[]]>([
    ['datacenter', guid(5, 1), [guid(5, 1), guid(4, 1), guid(4, 2), guid(1, 1), guid(1, 2)]],
    ['datacenter', guid(5, 2), [guid(5, 2), guid(4, 3)]],
    ['cluster', guid(4, 2), [guid(4, 2), guid(1, 2)]],
    ['cluster', guid(4, 3), [guid(4, 3)]],
    ['host', guid(1, 1), [guid(1, 1)]],
    ['vm', guid(2, 1), [guid(2, 1)]],
  ])('%s %s', (kind, id, expected) => {
    expect(findContainedIds(collections, kind, [id])).toEqual([...expected].sort())
  })

  it('is found without a look at the machines, however many they are', () => {
    findContainedIds(collections, 'datacenter', [guid(5, 1)])
    expect(reads()).toBe(0)
  })

  it('can be named by what stands above it', () => {
    const nameOf = new NameReader(collections, ['cluster', 'datacenter']).read()
    expect(nameOf({ kind: 'cluster', id: guid(4, 3) }, 'datacenter')).toBe(inventDatacenter(2).name)
    expect(nameOf({ kind: 'cluster', id: guid(4, 9) }, 'datacenter')).toBe('')
    expect(nameOf({ kind: 'datacenter', id: guid(5, 2) }, 'cluster')).toBe('')
  })

  it('hangs under it all the way up', () => {
    expect(findAncestors(collections, 'vm', inventVm(1, inventHost(1).id), 'compute')).toEqual([
      { kind: 'host', id: guid(1, 1) },
      { kind: 'cluster', id: guid(4, 1) },
      { kind: 'datacenter', id: guid(5, 1) },
    ])
  })
})

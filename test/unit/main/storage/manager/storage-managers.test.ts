import { expect, it } from 'vitest'
import { createTopicRegistry, silentLog } from '../../../../../src/main/engine/index.ts'
import { startStorageManagers } from '../../../../../src/main/storage/manager/index.ts'
import type { ClusterId, DatacenterId, Host, HostId, HostStatus } from '../../../../../src/shared/domain/index.ts'
import { inventCluster, inventDatacenter } from '../../../renderer/invented.ts'
import { ManualClock } from '../../engine/manual-clock.ts'
import { makeHost } from '../../host/make-host.ts'

const DATACENTER = 'dddddddd-0000-4000-8000-000000000001' as DatacenterId
const CLUSTER = 'cccccccc-0000-4000-8000-000000000001' as ClusterId
const FIRST = 'aaaaaaaa-0000-4000-8000-0000000000a1' as HostId
const SECOND = 'aaaaaaaa-0000-4000-8000-0000000000a2' as HostId

it('tells who followed whom as the manager, but not whom the engine chose first', async () => {
  const topics = createTopicRegistry({ epoch: 'e', clock: new ManualClock(), log: silentLog })
  const told: unknown[] = []
  topics.collection('datacenters').upsert(inventDatacenter(1, { id: DATACENTER }))
  topics.collection('clusters').upsert(inventCluster(1, { id: CLUSTER, datacenterId: DATACENTER }))
  const seen = (id: HostId, status: HostStatus, change: Partial<Host> = {}) => {
    topics.collection('hosts').upsert(makeHost({ id, clusterId: CLUSTER, status, ...change }))
    topics.flush()
  }
  seen(FIRST, 'up')
  const managers = startStorageManagers({
    topics,
    log: silentLog,
    random: () => 0,
    onHandedOver: (datacenterId, change) => told.push({ datacenterId, ...change }),
  })
  expect(managers.managerOf(DATACENTER).hostId).toBe(FIRST)
  seen(SECOND, 'up')
  expect(told).toEqual([])
  seen(FIRST, 'maintenance')
  expect(told).toEqual([{ datacenterId: DATACENTER, from: FIRST, to: SECOND }])
  // Nobody can be it for a while; who follows then, follows the one before.
  seen(SECOND, 'non-responsive')
  expect(managers.managerOf(DATACENTER).hostId).toBeNull()
  seen(SECOND, 'up')
  expect(told).toHaveLength(1)
  seen(SECOND, 'non-responsive')
  seen(FIRST, 'up')
  expect(told[1]).toEqual({ datacenterId: DATACENTER, from: SECOND, to: FIRST })
  await managers.stop()
})

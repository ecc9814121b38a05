import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClusterId, DatacenterId } from '../../../../src/shared/domain/index.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'
import { createTemporaryFolder } from '../inventory/temporary-folder.ts'
import { composeForTest } from './composed.ts'

const name = fc.constantFrom('a', 'A', 'b', 'Default')
const pick = fc.nat(5)
/** A command about whatever thing stands at that place, or about none that there is. */
const anyCommand = fc.oneof(
  fc.record({ do: fc.constant('datacenter.create' as const), name }),
  fc.record({ do: fc.constant('datacenter.edit' as const), pick, name }),
  fc.record({ do: fc.constant('datacenter.remove' as const), pick }),
  fc.record({ do: fc.constant('cluster.create' as const), pick, name }),
  fc.record({ do: fc.constant('cluster.edit' as const), pick, name, revision: fc.nat(3) }),
  fc.record({ do: fc.constant('cluster.remove' as const), pick }),
  fc.record({ do: fc.constant('restart' as const) }),
)

test('no sequence of commands and restarts leaves a cluster nowhere, a name twice, or a status that cannot be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCommand, { maxLength: 12 }), async (commands) => {
      const folder = await createTemporaryFolder()
      let engine = await composeForTest(folder)
      const datacenterAt = (place: number) => (engine.datacenters()[place]?.id ?? crypto.randomUUID()) as DatacenterId
      const clusterAt = (place: number) => (engine.clusters()[place]?.id ?? crypto.randomUUID()) as ClusterId
      const run = async (command: (typeof commands)[number]) => {
        if (command.do === 'datacenter.create') return engine.call(command.do, { name: command.name })
        if (command.do === 'datacenter.edit')
          return engine.call(command.do, { datacenterId: datacenterAt(command.pick), name: command.name })
        if (command.do === 'datacenter.remove')
          return engine.call(command.do, { datacenterId: datacenterAt(command.pick) })
        if (command.do === 'cluster.create')
          return engine.call(command.do, { datacenterId: datacenterAt(command.pick), name: command.name })
        if (command.do === 'cluster.edit') {
          const { pick: place, name: newName, revision } = command
          return engine.call(command.do, { clusterId: clusterAt(place), name: newName, revision })
        }
        if (command.do === 'cluster.remove') return engine.call(command.do, { clusterId: clusterAt(command.pick) })
        await engine.stop()
        engine = await composeForTest(folder)
        return null
      }
      for (const command of commands) {
        // Refused is as good as done: what is there must hold either way.
        await run(command).catch((error: unknown) => {
          if (!isAppError(error) || isAppError(error, 'internal')) throw error
        })
        const [datacenters, clusters] = [engine.datacenters(), engine.clusters()]
        for (const all of [datacenters, clusters]) {
          expect(new Set(all.map((each) => each.name.toLowerCase())).size).toBe(all.length)
        }
        for (const datacenter of datacenters) {
          const own = clusters.filter(({ datacenterId }) => datacenterId === datacenter.id)
          expect(datacenter.clusterCount).toBe(own.length)
          expect(datacenter.status).toBe('uninitialized')
          expect(datacenter.activation.next?.action).toBe(own.length === 0 ? 'create-cluster' : 'add-host')
        }
        const known = new Set(datacenters.map(({ id }) => id))
        expect(clusters.every(({ datacenterId }) => known.has(datacenterId))).toBe(true)
      }
      await engine.stop()
    }),
    { numRuns: 15 },
  )
})

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createTopicRegistry, openAuditTrail, silentLog, systemClock } from '../../../../src/main/engine/index.ts'
import { openInventory } from '../../../../src/main/inventory/index.ts'
import { migrations } from '../../../../src/main/inventory/migrations/index.ts'
import type { HostId, VmId } from '../../../../src/shared/domain/index.ts'
import { createSampleOperation } from './sample-operation.ts'

/* A process that is made to be killed: `write` in the middle of writes, `migrate` in the middle of a migration. */

const [mode = '', dataDir = ''] = process.argv.slice(2)

/** Straight to the pipe: what was said has been said when the kill comes. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

if (mode === 'migrate') {
  const endless = {
    ...migrations,
    '9999-endless': {
      up: async (database: import('kysely').Kysely<unknown>) => {
        await database.schema.createTable('half').addColumn('id', 'text').execute()
        await database.schema.dropTable('operations').execute()
        say('migrating')
        // Until the test kills it, or is gone itself.
        await once(process.stdin.resume(), 'end')
      },
    },
  }
  await openInventory({ dataDir, clock: systemClock, migrations: endless })
}

if (mode === 'write') {
  const inventory = await openInventory({ dataDir, clock: systemClock })
  const [cluster] = await inventory.clusters.fetchAll()
  if (cluster === undefined) throw new Error('a new inventory has a cluster')
  const hostId = '00000000-0000-4000-8000-000000000001' as HostId
  await inventory.hosts.save({
    id: hostId,
    clusterId: cluster.id,
    name: 'alpha',
    transport: 'ssh',
    address: 'alpha',
    port: null,
    user: null,
    authentication: 'agent',
    privateKeyPath: null,
    jumpHost: null,
    storageManagerPriority: 5,
    libvirtMode: 'system',
    revision: 1,
    addedAt: 1,
    machineUuid: null,
    machineIdDigest: null,
  })
  const clock = systemClock
  const topics = createTopicRegistry({ epoch: 'child', clock, log: silentLog })
  const audit = await openAuditTrail({ topics, store: inventory.audit, clock, log: silentLog })
  const operation = createSampleOperation(1, 'running')
  await inventory.operations.save([operation])
  say(`task ${operation.id}`)
  for (let round = 1; ; round++) {
    const subject = { kind: 'vm' as const, id: randomUUID(), name: `round ${round}` }
    audit.record({ kind: 'vm.defined', severity: 'info', subject })
    const definitions = [0, 1, 2].map((number) => ({
      hostId,
      vmId: `vm-${number}` as VmId,
      name: `round ${round}`,
      xml: 'x'.repeat(20_000),
      readAt: round,
    }))
    await Promise.all([
      inventory.vmDefinitions.saveAll(definitions),
      inventory.operations.save([{ ...operation, startedAt: round }]),
      audit.flush(),
    ])
    say(`written ${round}`)
  }
}

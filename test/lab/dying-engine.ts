import { writeSync } from 'node:fs'
import { silentLog } from '../../src/main/engine/index.ts'
import type { DisksRepository } from '../../src/main/inventory/index.ts'
import { composeEngine } from '../../src/main/shell/compose.ts'
import { openShellInventory } from '../../src/main/shell/open-inventory.ts'
import { uploadFile } from './disk-client.ts'
import { KIM } from './vm-bench.ts'

/*
 * A whole engine that is made to die: it runs one command, and ends itself by SIGKILL at its n-th write of an operation, just
 * before or just after that is on disk. Writes stand at both ends of each step, so this is between and inside the steps. Or
 * `when` is "disks": it dies at its n-th write of a disk, after what the host did for it; or "bytes": once it has asked for the
 * n-th MiB of what it is sent.
 */

const [dataDir = '', command = '', input = '{}', at = '', when = ''] = process.argv.slice(2)
let left = Number(at)

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('it lives')
}

function count(what: string): void {
  if (when !== what) return
  left -= 1
  if (left === 0) die()
}

const dyingDisks = (disks: DisksRepository): DisksRepository => ({
  ...disks,
  save: async (disk) => {
    count('disks')
    await disks.save(disk)
  },
  remove: async (id) => {
    count('disks')
    await disks.remove(id)
  },
})

const inventory = await openShellInventory({ dataDir, log: silentLog })
const composed = await composeEngine({
  inventory: {
    ...inventory,
    disks: dyingDisks(inventory.disks),
    transaction: (work) => inventory.transaction((stores) => work({ ...stores, disks: dyingDisks(stores.disks) })),
    operations: {
      ...inventory.operations,
      save: async (records) => {
        count('before')
        await inventory.operations.save(records)
        writeSync(1, `saved ${records.at(-1)?.status}\n`)
        count('after')
      },
    },
  },
  shell: 'server',
  version: '0.0.0-test',
  log: silentLog,
  canSignOut: false,
  stopGraceMs: 1_000,
})
const { topics } = composed
const limit = { timeoutMs: 60_000 }
for (const id of topics.model().hosts.keys()) await topics.waitFor('hosts', id, (host) => host?.status === 'up', limit)
// What a command works on has to be in use again first, on all hosts.
for (const { id, status } of topics.model().storageDomains.values()) {
  if (status === 'maintenance' || status === 'unattached') continue
  const isWhole = (connections: readonly { readonly status: string }[]) =>
    connections.every((connection) => connection.status === 'connected')
  await topics.waitFor(
    'storage-domains',
    id,
    (domain) => domain?.status === 'active' && domain.owner.status === 'ours' && isWhole(domain.connections),
    limit,
  )
}
const given = JSON.parse(input)
if (given.diskId !== undefined) {
  await topics.waitFor('disks', given.diskId, (disk) => disk?.status === 'ok' && disk.asOf !== null, limit)
}
const result =
  command === 'disk.upload'
    ? await uploadFile({ composed }, given, { open: bytesFrom }).done
    : await composed.engine.dispatch(KIM, command, given)
writeSync(1, `${JSON.stringify(result)}\n`)
await composed.stop()

/** What is sent: nothing but ones. */
async function* bytesFrom(offset: number) {
  const partBytes = 1024 * 1024
  for (let from = offset; from < given.sizeBytes; from += partBytes) {
    yield { data: new Uint8Array(Math.min(partBytes, given.sizeBytes - from)).fill(1) }
    count('bytes')
  }
}

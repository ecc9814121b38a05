import { writeSync } from 'node:fs'
import { silentLog } from '../../src/main/engine/index.ts'
import { composeEngine } from '../../src/main/shell/compose.ts'
import { openShellInventory } from '../../src/main/shell/open-inventory.ts'
import { KIM } from './vm-bench.ts'

/*
 * A whole engine that is made to die: it runs one command, and ends itself by SIGKILL at its n-th write of an operation, just
 * before or just after that is on disk. Writes stand at both ends of each step, so this is between and inside the steps.
 */

const [dataDir = '', command = '', input = '{}', at = '', when = ''] = process.argv.slice(2)
let left = Number(at)

const inventory = await openShellInventory({ dataDir, log: silentLog })
const composed = await composeEngine({
  inventory: {
    ...inventory,
    operations: {
      ...inventory.operations,
      save: async (records) => {
        left -= 1
        if (left === 0 && when === 'before') process.kill(process.pid, 'SIGKILL')
        await inventory.operations.save(records)
        writeSync(1, `saved ${records.at(-1)?.status}\n`)
        if (left === 0 && when === 'after') process.kill(process.pid, 'SIGKILL')
      },
    },
  },
  shell: 'server',
  version: '0.0.0-test',
  log: silentLog,
  canSignOut: false,
  stopGraceMs: 1_000,
})
for (const id of composed.topics.model().hosts.keys()) {
  await composed.topics.waitFor('hosts', id, (host) => host?.status === 'up', { timeoutMs: 60_000 })
}
const result = await composed.engine.dispatch(KIM, command, JSON.parse(input))
writeSync(1, `${JSON.stringify(result)}\n`)
await composed.stop()

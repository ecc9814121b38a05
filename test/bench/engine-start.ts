import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../src/main/engine/index.ts'
import { composeEngine } from '../../src/main/shell/compose.ts'
import { openShellInventory } from '../../src/main/shell/open-inventory.ts'
import type { VmId } from '../../src/shared/domain/index.ts'
import { inventHost } from '../unit/renderer/invented.ts'
import { type Bench, type BenchResult, measureMs, median } from './bench.ts'

const SIZES = [1_000, 3_000, 10_000] as const
const VMS_OF_A_HOST = 100
const ROUNDS = 3
const TARGET_MS = 500
const DEFINITION = join(import.meta.dirname, '../unit/main/xml/data/defined-domain.xml')

/** From an inventory with so many stored definitions, whose hosts are away, to an engine that knows all of them by name. */
export const benchEngineStart: Bench = async () => {
  const results: BenchResult[] = []
  for (const size of SIZES) {
    const dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-bench-'))
    try {
      await fill(dataDir, size)
      const times: number[] = []
      const processorTimes: number[] = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const { ms, processorMs } = await measureStart(dataDir, size)
        times.push(ms)
        processorTimes.push(processorMs)
      }
      const ours = median(times)
      const name = `engine's start with ${size} stored definitions`
      results.push({
        name,
        unit: 'ms',
        ours,
        peer: null,
        ratio: null,
        target: `≤ ${TARGET_MS} ms`,
        met: ours <= TARGET_MS,
      })
      // What a computer that does other things beside it cannot make longer.
      results.push({
        name: `${name}, processor time`,
        unit: 'ms',
        ours: median(processorTimes),
        peer: null,
        ratio: null,
        target: '—',
        met: true,
      })
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  }
  return results
}

async function fill(dataDir: string, size: number): Promise<void> {
  const inventory = await openShellInventory({ dataDir, log: silentLog })
  const [cluster] = await inventory.clusters.fetchAll()
  if (cluster === undefined) throw new Error('a new inventory has a cluster')
  const xml = await readFile(DEFINITION, 'utf8')
  for (let first = 0; first < size; first += VMS_OF_A_HOST) {
    const { id: hostId, name } = inventHost(first / VMS_OF_A_HOST)
    await inventory.hosts.save({
      id: hostId,
      clusterId: cluster.id,
      name,
      transport: 'ssh',
      // Nobody listens there.
      address: '127.0.0.1',
      port: 9,
      user: 'root',
      authentication: 'password',
      privateKeyPath: null,
      jumpHost: null,
      storageManagerPriority: 5,
      libvirtMode: 'system',
      revision: 1,
      addedAt: 1,
      machineUuid: null,
      machineIdDigest: null,
    })
    const definitions = Array.from({ length: VMS_OF_A_HOST }, (_, index) => {
      const number = first + index
      const vmId = `dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}` as VmId
      return { hostId, vmId, name: `vm-${number}`, xml, readAt: 1 }
    })
    await inventory.vmDefinitions.saveAll(definitions)
  }
  await inventory.close()
}

async function measureStart(dataDir: string, size: number): Promise<{ ms: number; processorMs: number }> {
  const inventory = await openShellInventory({ dataDir, log: silentLog })
  let stop: () => Promise<void> = () => inventory.close()
  try {
    const begun = process.cpuUsage()
    const ms = await measureMs(async () => {
      const composed = await composeEngine({
        inventory,
        shell: 'server',
        version: '0.0.0-bench',
        log: silentLog,
        canSignOut: false,
        stopGraceMs: 0,
      })
      stop = () => composed.stop()
      const known = composed.topics.model().vms.size
      if (known !== size) throw new Error(`${known} machines are known`)
    })
    const { user, system } = process.cpuUsage(begun)
    return { ms, processorMs: (user + system) / 1_000 }
  } finally {
    await stop()
  }
}

import { serveClient, silentLog, writeFrame } from '../../src/main/engine/index.ts'
import { createIdentity, createTestEngine } from '../unit/main/engine/test-engine.ts'
import { inventHost, inventVm } from '../unit/renderer/invented.ts'
import { type Bench, type BenchResult, median } from './bench.ts'

const SIZES = [1_000, 3_000, 10_000] as const
const VMS_OF_A_HOST = 100
const ROUNDS = 5
const CLIENTS = 10
/** The processor's time is counted in ticks of some milliseconds: what is short is done so often, and divided. */
const REPEATS = 200
const FIRST_TARGET_MS = 150

/** What the engine spends on the machines of a hundred hosts: invented entities, frames as a socket's, nothing sent. */
export const benchEngineScale: Bench = async () => {
  const results: BenchResult[] = []
  for (const size of SIZES) {
    const first: number[] = []
    const next: number[] = []
    const patch: number[] = []
    for (let round = 0; round <= ROUNDS; round += 1) {
      const times = await measureClients(size)
      // The first round compiles.
      if (round === 0) continue
      first.push(times.firstMs)
      next.push(times.nextMs)
      patch.push(times.patchMs)
    }
    const atScale = size === SIZES.at(-1)
    results.push(
      time(`${size} machines to the first page, engine`, median(first), atScale ? FIRST_TARGET_MS : null),
      time(`${size} machines to the next page, engine`, median(next), null),
      time(`one change to ${CLIENTS} pages of ${size} machines, engine`, median(patch), null),
    )
  }
  return results
}

async function measureClients(size: number): Promise<{ firstMs: number; nextMs: number; patchMs: number }> {
  const { engine, topics } = await createTestEngine()
  const vms = Array.from({ length: size }, (_, number) =>
    inventVm(number, inventHost(Math.floor(number / VMS_OF_A_HOST)).id),
  )
  topics.collection('vms').replaceAll(vms)
  const open = () => {
    let bytes = 0
    let receive: (frame: unknown) => void = () => undefined
    serveClient(
      engine,
      createIdentity(),
      {
        send: (frame) => {
          // As the socket does: text becomes bytes, bytes stay.
          for (const piece of writeFrame(frame))
            bytes += (typeof piece === 'string' ? Buffer.from(piece) : piece).length
        },
        onMessage: (listener) => {
          receive = listener
        },
        onClose: () => undefined,
        close: () => undefined,
      },
      silentLog,
    )
    receive({ t: 'subscribe', id: 1, topic: 'vms' })
    if (bytes < size) throw new Error('the snapshot did not come')
  }
  const firstMs = measureCpuMs(open)
  for (let count = 1; count < CLIENTS; count += 1) open()
  const [changed] = vms
  if (changed === undefined) throw new Error('there are no machines')
  const patchMs =
    measureCpuMs(() => {
      for (let count = 0; count < REPEATS; count += 1) {
        topics.collection('vms').upsert({ ...changed, title: `changed ${count}` })
        topics.flush()
      }
    }) / REPEATS
  // The list is written anew for the first one after a change.
  open()
  const nextMs =
    measureCpuMs(() => {
      for (let count = 0; count < REPEATS; count += 1) open()
    }) / REPEATS
  await engine.stop({ graceMs: 0 })
  return { firstMs, nextMs, patchMs }
}

/** What `work` takes of the processor on this thread, milliseconds: whatever else the machine does is left out. */
function measureCpuMs(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

function time(name: string, ours: number, limitMs: number | null): BenchResult {
  const target = limitMs === null ? '—' : `≤ ${limitMs} ms`
  return { name, unit: 'ms', ours, peer: null, ratio: null, target, met: limitMs === null || ours <= limitMs }
}

import { resolve } from 'node:path'
import type { Browser, CDPSession } from '@playwright/test'
import { WebSocket } from 'ws'
import { RowOrder } from '../../src/renderer/components/table/row-order.ts'
import { TreeRows } from '../../src/renderer/features/tree/tree-rows.ts'
import { applyPatch, applySnapshot } from '../../src/renderer/stores/index.ts'
import type { Vm } from '../../src/shared/domain/index.ts'
import { startFakeEngine } from '../unit/renderer/fake-engine.ts'
import { inventHost, inventVm } from '../unit/renderer/invented.ts'
import { alternate, type Bench, median } from './bench.ts'
import { startBrowser } from './browser.ts'

const RENDERER = resolve(import.meta.dirname, '../../out/renderer')
/** In sight, so that its row, its line of the tree and the counts are painted anew. */
const CHANGED = '00000002-0000-4000-8000-000000000004'
const CHANGES = 40
const ROUNDS = 5
/** Until the page is at rest again. */
const REST_MS = 60
const LIMIT_MS = 0.5
/** What is painted is the same, however many there are. */
const LIMIT_RATIO = 1.2

/**
 * What a change of one machine costs the page, by the processor's time of its main thread: the script, from the frame that brings it to
 * the last component that shows it. The peer is the same page with 100 machines. The engine is the invented one of the page's tests.
 */
export const benchPageChanges: Bench = async () => {
  const browser = await startBrowser()
  try {
    const few = await openPage(browser, 100)
    const many = await openPage(browser, 10_000)
    const { ours, peer, oursToPeer } = await alternate(ROUNDS, many.measure, few.measure)
    await few.close()
    await many.close()
    const kept = measureKept(10_000)
    return [
      {
        name: 'one change among 10000 machines, what the page keeps of them: mirror, tree, order of the list',
        unit: 'ms',
        ours: kept,
        peer: null,
        ratio: null,
        target: `≤ ${LIMIT_MS} ms`,
        met: kept <= LIMIT_MS,
      },
      {
        name: 'one change among 10000 machines, script of the page; peer: among 100',
        unit: 'ms',
        ours,
        peer,
        ratio: oursToPeer,
        target: `≤ ${LIMIT_RATIO} ×`,
        met: oursToPeer <= LIMIT_RATIO,
      },
    ]
  } finally {
    await browser.close()
  }
}

/** Milliseconds, by the processor's time, for what the page keeps of all machines and follows change by change, without painting. */
function measureKept(count: number): number {
  const host = inventHost(1)
  const machines = Array.from({ length: count }, (_unused, index) => inventVm(index + 1, host.id))
  const tree = new TreeRows()
  const order = new RowOrder<Vm>()
  const rule = {
    accepts: () => true,
    valueOf: ({ status }: Vm) => status,
    descending: false,
    nameOf: ({ name }: Vm) => name,
  }
  const entryOf = (vm: Vm) => ({
    ref: { kind: 'vm' as const, id: vm.id },
    name: vm.name,
    rank: 20,
    parent: { kind: 'host' as const, id: vm.hostId },
  })
  tree.update([{ ref: { kind: 'host', id: host.id }, name: host.name, rank: 10, parent: null }], [])
  let state = applySnapshot<Vm>({ epoch: 'bench', rev: 1, entities: machines })
  tree.update(machines.map(entryOf), [])
  tree.read()
  order.read(state.entities, rule)
  const times: number[] = []
  for (let change = 0; change < 10 * CHANGES; change += 1) {
    const vm = machines[(change * 37) % count]
    if (vm === undefined) continue
    const status: Vm['status'] = change % 2 === 0 ? 'paused' : 'up'
    const begun = process.cpuUsage()
    const next = applyPatch(state, {
      rev: change + 2,
      upsert: [{ ...vm, status }],
      remove: [],
    })
    tree.update(next.entities.changesSince(state.entities).after.map(entryOf), [])
    tree.read()
    order.read(next.entities, rule)
    state = next
    const { user, system } = process.cpuUsage(begun)
    times.push((user + system) / 1_000)
  }
  return median(times)
}

interface OpenPage {
  /** Milliseconds of script for one change, over some of them. */
  measure(): Promise<number>
  close(): Promise<void>
}

async function openPage(browser: Browser, machines: number): Promise<OpenPage> {
  const engine = await startFakeEngine({ folder: RENDERER, port: 0, machines, hosts: 1 })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${engine.url}#/all/vms`)
  await page.locator(`[data-row="${CHANGED}"]`).waitFor()
  const session = await page.context().newCDPSession(page)
  // The processor's time and not the clock's: other work on this computer is measured less.
  await session.send('Performance.setTimeDomain', { timeDomain: 'threadTicks' })
  await session.send('Performance.enable')
  const calls = await openCalls(engine.url)
  return {
    measure: async () => {
      const atRest = await scriptMsOf(session, async () => pause(CHANGES * REST_MS))
      const changed = await scriptMsOf(session, async () => {
        for (let change = 0; change < CHANGES; change += 1) {
          await calls.send(change % 2 === 0 ? 'vm.pause' : 'vm.resume')
          await pause(REST_MS)
        }
      })
      return (changed - atRest) / CHANGES
    },
    close: async () => {
      calls.close()
      await page.close()
      await engine.stop()
    },
  }
}

async function scriptMsOf(session: CDPSession, work: () => Promise<void>): Promise<number> {
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN
  }
  const before = await read()
  await work()
  return ((await read()) - before) * 1_000
}

/** Changes the machine from beside the page. */
async function openCalls(url: string): Promise<{ send(command: string): Promise<void>; close(): void }> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/$/, '')}/api/socket`)
  await new Promise((done, failed) => socket.once('message', done).once('error', failed))
  return {
    send: async (command) => {
      const answered = new Promise((done) => socket.once('message', done))
      socket.send(JSON.stringify({ t: 'call', id: 1, command, input: { vmId: CHANGED } }))
      await answered
    },
    close: () => socket.close(),
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

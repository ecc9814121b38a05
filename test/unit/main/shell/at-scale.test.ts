import { expect, it, onTestFinished, vi } from 'vitest'
import { EntityTable, serveClient, silentLog, type TopicFrame, writeFrame } from '../../../../src/main/engine/index.ts'
import { createAdministrator } from '../../../../src/main/shell/administrator.ts'
import { composeEngine } from '../../../../src/main/shell/compose.ts'
import type { Host, HostId, Vm } from '../../../../src/shared/domain/index.ts'
import { inventHost, inventVm } from '../../renderer/invented.ts'
import { createTemporaryFolder, openForTest } from '../inventory/temporary-folder.ts'

const HOSTS = 100
const VMS = 10_000
const CLIENTS = 5

/** A whole engine that shows invented machines, and what it writes for its clients. */
async function composeAtScale() {
  const { topics, engine, stop } = await composeEngine({
    inventory: await openForTest(await createTemporaryFolder()),
    shell: 'server',
    version: '0.0.0',
    log: silentLog,
    canSignOut: false,
    stopGraceMs: 0,
  })
  onTestFinished(() => stop())
  const [cluster] = topics.model().clusters.values()
  if (cluster === undefined) throw new Error('a new inventory has a cluster')
  const place = { clusterId: cluster.id }
  const hosts = Array.from({ length: HOSTS }, (_, number): Host => ({ ...inventHost(number), ...place }))
  const hostOf = (number: number) => hosts[number % HOSTS]?.id as HostId
  const vms = Array.from({ length: VMS }, (_, number): Vm => ({ ...inventVm(number, hostOf(number)), ...place }))
  topics.collection('hosts').replaceAll(hosts)
  topics.collection('vms').replaceAll(vms)
  topics.flush()
  let entitiesWritten = 0
  for (let count = 0; count < CLIENTS; count += 1) {
    let receive: (frame: unknown) => void = () => undefined
    const port = {
      send: (frame: Parameters<typeof writeFrame>[0]) =>
        void writeFrame(frame, (value) => {
          const text = JSON.stringify(value)
          // Each machine has this once.
          entitiesWritten += text.split('"alsoDefinedOn"').length - 1
          return text
        }),
      onMessage: (listener: (frame: unknown) => void) => {
        receive = listener
      },
      onClose: () => undefined,
      close: () => undefined,
    }
    serveClient(engine, createAdministrator('ann'), port, silentLog)
    receive({ t: 'subscribe', id: 1, topic: 'vms' })
  }
  return { topics, vms, written: () => entitiesWritten }
}

/** How often somebody goes over all entities of a collection. */
function countScans() {
  const spies = (['values', 'keys', 'entries', 'forEach'] as const).map((way) => vi.spyOn(EntityTable.prototype, way))
  const iterated = vi.spyOn(EntityTable.prototype, Symbol.iterator)
  onTestFinished(() => {
    for (const spy of [...spies, iterated]) spy.mockRestore()
  })
  const tables = () =>
    [...spies, iterated].flatMap(({ mock }) => mock.contexts as unknown as readonly { size: number }[])
  return { largest: () => Math.max(0, ...tables().map(({ size }) => size)) }
}

it('a change of one machine among 10,000 is written once for all pages, and nobody goes over the others', async () => {
  const { topics, vms, written } = await composeAtScale()
  expect(written()).toBe(VMS)
  const patches: TopicFrame[] = []
  for (const topic of ['vms', 'clusters', 'datacenters'])
    topics.subscribe({ topic }, (frame) => frame.t === 'patch' && patches.push(frame))
  const scans = countScans()
  const [changed] = vms
  if (changed === undefined) throw new Error('there are no machines')
  topics.collection('vms').upsert({ ...changed, status: 'paused', statusSince: 1 })
  topics.flush()
  expect(written()).toBe(VMS + 1)
  expect(scans.largest()).toBeLessThan(HOSTS)
  // The machine, and what sums it up.
  const sizes = patches.map((frame) => (frame.t === 'patch' ? frame.upsert.length : 0))
  expect(sizes).toEqual([1, 1, 1])
})

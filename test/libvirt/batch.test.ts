import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import {
  createTopicRegistry,
  openAuditTrail,
  openEngine,
  openSettings,
  silentLog,
  systemClock,
} from '../../src/main/engine/index.ts'
import { createHostRegistry, type HostRoute, type LibvirtConnection } from '../../src/main/hosts/index.ts'
import { createKnownHosts } from '../../src/main/ssh/index.ts'
import { startVms } from '../../src/main/vm/index.ts'
import { defaultSettings } from '../../src/shared/domain/index.ts'
import { waitFor } from '../lab/command.ts'
import { createMemoryStores } from '../unit/main/engine/memory-stores.ts'
import { createIdentity, createTestHandlers } from '../unit/main/engine/test-engine.ts'
import { makeDefinition } from '../unit/main/host/make-definition.ts'
import { noMachineDisks } from '../unit/main/vm/no-disks.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { testNodeXml } from './test-driver.ts'

const COUNT = 300
const kim = createIdentity('all', 'kim')

let daemon: Daemon

beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(async () => {
  await daemon?.stop()
})

/** The way to libvirt's test driver with these machines, all of them running. */
function routeTo(path: string): HostRoute {
  const ended = Promise.withResolvers<null>()
  const nothing = () => Promise.reject(new Error('the test driver has no sockets of its own'))
  return {
    session: null,
    hostKey: null,
    endpoint: null,
    configSkipped: [],
    runScript: null,
    openLibvirt: async () => ({ transport: await daemon.dial(), uri: `test://${path}` }),
    forwardSocket: nothing,
    forwardTcp: nothing,
    closed: ended.promise,
    close: async () => ended.resolve(null),
  }
}

it('300 machines are paused by one call: one task, a row each, one line in the trail', async () => {
  const path = await daemon.write('node.xml', testNodeXml(COUNT))
  const clock = systemClock
  const topics = createTopicRegistry({ epoch: 'batch', clock, log: silentLog })
  const stores = createMemoryStores()
  const audit = await openAuditTrail({ topics, store: stores.auditStore, clock, log: silentLog })
  await openSettings({ topics, store: stores.settingsStore })
  const registry = createHostRegistry({
    knownHosts: createKnownHosts({ ownPath: '/dev/null' }),
    secrets: async () => ({}),
    settings: () => defaultSettings,
    clock,
  })
  const activateVolumes = async () => () => undefined
  const nothing = { machineDisks: () => noMachineDisks, definitions: null, statuses: null, activateVolumes }
  const vms = startVms({ hosts: registry, topics, audit, clock, log: silentLog, ...nothing })
  const engine = await openEngine({
    topics,
    audit,
    store: stores.operationStore,
    vault: stores.vault,
    handlers: { ...createTestHandlers(), ...vms.handlers },
    clock,
    log: silentLog,
    version: '0.0.0-test',
  })
  onTestFinished(async () => {
    await engine.stop({ graceMs: 1_000 })
    await vms.stop()
    await registry.stop()
  })
  await engine.takeUp()
  registry.add(makeDefinition({ transport: 'local' }), routeTo(path))
  await waitFor(
    'all are up',
    () => [...topics.model().vms.values()].filter(({ status }) => status === 'up').length === COUNT,
  )
  const vmIds = [...topics.model().vms.keys()]
  const call = vi.spyOn(registry.list()[0]?.control() as LibvirtConnection, 'call')

  const result = await engine.dispatch(kim, 'vm.pause', { vmIds })
  expect(result).toMatchObject({ ok: true })
  expect([...topics.model().vms.values()].every(({ status }) => status === 'paused')).toBe(true)
  // A look before it is decided, one at what came of it, and one for the event, where that came in between.
  // Each reads the running definition, and beside it the one of the next start.
  const readings = call.mock.calls.filter(
    ([procedure, input]) => procedure === 'DOMAIN_GET_XML_DESC' && !isOfNextStart(input),
  )
  expect(readings.length).toBeGreaterThanOrEqual(2 * COUNT)
  expect(readings.length).toBeLessThanOrEqual(3 * COUNT)
  expect([...topics.model().tasks.values()]).toMatchObject([
    { command: 'vm.pause', status: 'succeeded', rows: { total: COUNT, succeeded: COUNT } },
  ])
  expect(stores.events.filter(({ kind }) => kind === 'command.succeeded')).toMatchObject([{ params: { total: COUNT } }])
  // What each machine's page tells: who paused it.
  expect(stores.events.filter(({ kind, user }) => kind === 'vm.paused' && user === 'kim')).toHaveLength(COUNT)
  expect(await engine.dispatch(kim, 'vm.pause', { vmIds })).toMatchObject({ error: { code: 'vm.wrong-status' } })
})

/** `VIR_DOMAIN_XML_INACTIVE`. */
function isOfNextStart(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'flags' in input && (Number(input.flags) & 2) !== 0
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Identity, isPermitted, type TopicFrame } from '../../../../src/main/engine/index.ts'
import {
  type CommandName,
  commands,
  type ObjectReference,
  PERMISSIONS,
  type Permission,
  topics as topicSpecs,
} from '../../../../src/shared/contract/index.ts'
import type { ClusterId, DatacenterId, VmId } from '../../../../src/shared/domain/index.ts'
import { guid, inventCluster, inventDatacenter, inventHost, inventTask } from '../../renderer/invented.ts'
import { makeVm } from '../vm/make-model.ts'
import { createTestEngine, OTHER_VM_ID, VM_ID } from './test-engine.ts'

const [HOST, CLUSTER, OTHER_CLUSTER, DATACENTER, OTHER_DATACENTER] = [
  guid(1, 1),
  guid(4, 1),
  guid(4, 2),
  guid(5, 1),
  guid(5, 2),
]

/** Two datacenters with a cluster each; a machine in each, and a host in the first. */
async function createInventory() {
  const made = await createTestEngine()
  const { topics } = made
  const own = inventHost(1)
  topics.collection('datacenters').upsert(inventDatacenter(1))
  topics.collection('datacenters').upsert(inventDatacenter(2))
  topics.collection('clusters').upsert(inventCluster(1))
  topics.collection('clusters').upsert(inventCluster(2, { datacenterId: OTHER_DATACENTER as DatacenterId }))
  topics.collection('hosts').upsert(own)
  const vm = makeVm({ id: VM_ID as VmId, clusterId: CLUSTER as ClusterId, hostId: own.id })
  topics.collection('vms').upsert(vm)
  topics.collection('vms').upsert(makeVm({ id: OTHER_VM_ID as VmId, clusterId: OTHER_CLUSTER as ClusterId }))
  topics.collection('tasks').upsert(inventTask(1, vm))
  return made
}

function createLimited(object: ObjectReference, ...permissions: readonly Permission[]): Identity {
  return {
    user: 'eve',
    role: 'limited',
    permissions: new Set(),
    grants: [{ object, permissions: new Set(permissions) }],
  }
}
const nobody: Identity = { user: 'nobody', role: 'none', permissions: new Set() }
const forbidden = { ok: false, error: { code: 'command.forbidden' } }

describe('a permission on an object', () => {
  it.each<[ObjectReference, boolean]>([
    [{ kind: 'vm', id: VM_ID }, true],
    [{ kind: 'cluster', id: CLUSTER }, true],
    [{ kind: 'datacenter', id: DATACENTER }, true],
    [{ kind: 'system', id: 'system' }, true],
    [{ kind: 'vm', id: OTHER_VM_ID }, false],
    [{ kind: 'cluster', id: OTHER_CLUSTER }, false],
    [{ kind: 'datacenter', id: OTHER_DATACENTER }, false],
    // Machines hang under clusters: who may do something on a host may not do it on what runs there.
    [{ kind: 'host', id: HOST }, false],
    [{ kind: 'cluster', id: VM_ID }, false],
  ])('on %j lets a machine below it be run: %s', async (object, allowed) => {
    const { engine } = await createInventory()
    const eve = createLimited(object, 'vm.run')
    const result = await engine.dispatch(eve, 'vm.pause', { vmId: VM_ID })
    expect(result.ok).toBe(allowed)
    if (!allowed) expect(result).toMatchObject(forbidden)
    const [verdict] = engine.canRun(eve, [{ command: 'vm.pause', input: { vmId: VM_ID } }])
    expect(verdict === null).toBe(allowed)
    expect(engine.plan(eve, 'vm.pause', { vmId: VM_ID }).ok).toBe(allowed)
  })

  it('is that one and no other', async () => {
    const { engine } = await createInventory()
    const eve = createLimited({ kind: 'vm', id: VM_ID }, 'vm.console', 'vm.edit')
    expect(await engine.dispatch(eve, 'vm.pause', { vmId: VM_ID })).toMatchObject(forbidden)
    expect((await engine.dispatch(eve, 'vm.autostart', { vmId: VM_ID, enabled: true })).ok).toBe(true)
  })

  it('is asked of each object of a batch, and of each that a question is about', async () => {
    const { engine } = await createInventory()
    const eve = createLimited({ kind: 'cluster', id: CLUSTER }, 'vm.run')
    const both = [VM_ID, OTHER_VM_ID]
    expect(await engine.dispatch(eve, 'vm.pause', { vmIds: both })).toMatchObject(forbidden)
    expect((await engine.dispatch(eve, 'vm.pause', { vmIds: [VM_ID] })).ok).toBe(true)
    for (const ids of [both, both.toReversed()]) {
      const calls = [{ command: 'vm.pause', input: {} }]
      const [verdict] = await engine.canRunEach(eve, { calls, field: 'vmId', ids, list: true })
      expect(verdict?.allowedIds).toEqual([VM_ID])
      expect(verdict?.refused).toMatchObject([{ error: { code: 'command.forbidden' } }])
    }
  })

  it('reaches what was done to it: its tasks', async () => {
    const { topics } = await createInventory()
    const [task = { id: '' }] = [...topics.model().tasks.values()]
    const on = (id: string) => createLimited({ kind: 'vm', id }, 'task.manage')
    const object = { kind: 'task', id: task.id } as const
    expect(isPermitted(on(VM_ID), 'task.manage', [object], topics.model())).toBe(true)
    expect(isPermitted(on(OTHER_VM_ID), 'task.manage', [object], topics.model())).toBe(false)
  })

  it('gives nothing on what nobody knows', async () => {
    const { engine } = await createInventory()
    const eve = createLimited({ kind: 'datacenter', id: DATACENTER }, ...PERMISSIONS)
    for (const [command, input] of [
      ['vm.pause', { vmId: guid(9, 9) }],
      ['host.remove', { hostId: guid(9, 9) }],
      ['datacenter.create', { name: 'mine' }],
      ['settings.set', { auditDays: 1 }],
    ] as const) {
      expect(await engine.dispatch(eve, command, input), command).toMatchObject(forbidden)
    }
  })
})

describe('who has no permission', () => {
  it('may run no command, whatever it acts on', async () => {
    const { topics } = await createInventory()
    const names = Object.keys(commands) as CommandName[]
    const object = fc.record({
      kind: fc.constantFrom('system', 'datacenter', 'cluster', 'host', 'vm', 'storage-domain', 'disk', 'task'),
      id: fc.constantFrom('system', DATACENTER, CLUSTER, HOST, VM_ID, 'x'),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(object),
        fc.array(fc.constantFrom(...PERMISSIONS)),
        (name, objects, others) => {
          const { permission } = commands[name]
          const granted = others.filter((other) => other !== permission)
          const eve = createLimited({ kind: 'system', id: 'system' }, ...granted)
          expect(isPermitted(eve, permission, objects as readonly ObjectReference[], topics.model())).toBe(false)
        },
      ),
    )
  })

  it('may see no topic but who he is', async () => {
    const { engine } = await createInventory()
    for (const [topic, { keyed }] of Object.entries(topicSpecs)) {
      const frames: TopicFrame[] = []
      engine.subscribe(nobody, { topic, ...(keyed ? { key: VM_ID } : {}) }, (frame) => frames.push(frame))
      const [first] = frames
      if (topic === 'session') expect(first?.t).toBe('snapshot')
      else expect(first, topic).toMatchObject({ t: 'closed', error: { code: 'topic.forbidden', params: { topic } } })
      expect(frames).toHaveLength(1)
    }
  })
})

describe('who may see one machine', () => {
  it('sees what is about it, and no list in which others are', async () => {
    const { engine, topics } = await createInventory()
    topics.produce('vm.xml', () => () => undefined)
    const eve = createLimited({ kind: 'vm', id: VM_ID }, 'inventory.view')
    const seen = (topic: string, key?: string) => {
      const frames: TopicFrame[] = []
      engine.subscribe(eve, { topic, key }, (frame) => frames.push(frame)).unsubscribe()
      return frames[0]?.t
    }
    expect(seen('vm.xml', VM_ID)).toBe('snapshot')
    expect([seen('vm.xml', OTHER_VM_ID), seen('vms'), seen('events'), seen('host.stats', HOST)]).toEqual([
      'closed',
      'closed',
      'closed',
      'closed',
    ])
    await expect(engine.fetchTopic(eve, { topic: 'vms' })).rejects.toMatchObject({ code: 'topic.forbidden' })
  })
})

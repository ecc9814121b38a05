import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../../../src/main/engine/index.ts'
import type { TaskRow } from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { type ManualClock, settle } from '../manual-clock.ts'
import { createIdentity, createTestEngine } from '../test-engine.ts'

const alice = createIdentity()
const ids = Array.from({ length: 4 }, (_one, index) => `${`${index}`.padStart(8, '0')}-2222-4333-8444-555555555555`)
const wrongStatus = () => new AppError('vm.wrong-status', { name: 'x', status: 'up', action: 'start' })

async function fetchRows(engine: Engine, clock: ManualClock, taskId: string | undefined) {
  const rows = engine.fetchTopic(alice, { topic: 'task.rows', key: taskId })
  await settle()
  clock.advance(50)
  return rows
}

describe('a command that others follow', () => {
  const follow = (world: {
    lead: () => Promise<Record<string, never>>
    follower: (vmId: string) => Promise<Record<string, never>>
  }) =>
    createTestEngine({
      'vm.start': {
        followedBy: () => ids.slice(1, 4).map((vmId) => ({ command: 'vm.pause', input: { vmId } })),
        execute: world.lead,
      },
      'vm.pause': {
        // Only possible once the first is done: not asked before.
        validate: () => (hasLed ? null : wrongStatus()),
        execute: ({ input }) => world.follower(input.vmId),
      },
    })
  let hasLed = false
  const lead = async () => {
    await settle()
    hasLed = true
    return {}
  }

  it('is one task about the first, with a row for each; one that fails keeps no other from it', async () => {
    hasLed = false
    const refused = new AppError('vm.operation-refused', { name: 'x', action: 'pause', message: 'no' })
    const { engine, topics, stores, clock } = await follow({
      lead,
      follower: async (vmId) => (vmId === ids[2] ? Promise.reject(refused) : {}),
    })
    const plan = engine.plan(alice, 'vm.start', { vmId: ids[0] })
    expect(plan.ok && plan.value.rows.map(({ subject, error }) => [subject.id, error])).toEqual(
      ids.slice(0, 4).map((id) => [id, null]),
    )
    const result = await engine.dispatch(alice, 'vm.start', { vmId: ids[0] })
    expect(result).toMatchObject({ error: { code: 'batch.partly-failed', params: { failed: 1, total: 4 } } })
    const [task] = topics.model().tasks.values()
    expect(task).toMatchObject({ command: 'vm.start', subject: { kind: 'vm', id: ids[0] } })
    const rows = (await fetchRows(engine, clock, task?.id)).entities as readonly TaskRow[]
    expect(rows.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'failed', 'succeeded'])
    expect(stores.events).toMatchObject([{ command: 'vm.start', subject: { id: ids[0] } }])
  })

  it('is not begun where the first fails', async () => {
    hasLed = true
    const refused = new AppError('vm.operation-refused', { name: 'x', action: 'start', message: 'no' })
    let begun = 0
    const { engine, topics, clock } = await follow({
      lead: () => Promise.reject(refused),
      follower: async () => {
        begun += 1
        return {}
      },
    })
    await engine.dispatch(alice, 'vm.start', { vmId: ids[0] })
    const [task] = topics.model().tasks.values()
    const rows = (await fetchRows(engine, clock, task?.id)).entities as readonly TaskRow[]
    expect(rows.map(({ error }) => error?.code)).toEqual([
      'vm.operation-refused',
      ...Array.from({ length: 3 }, () => 'operation.not-led'),
    ])
    expect(begun).toBe(0)
  })
})

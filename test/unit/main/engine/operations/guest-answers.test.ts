import { describe, expect, it } from 'vitest'
import type { AnswerContext, StepContext } from '../../../../../src/main/engine/index.ts'
import { ENDED_TASKS_KEPT } from '../../../../../src/main/engine/operations/operations.ts'
import type { Task } from '../../../../../src/shared/domain/index.ts'
import { settle } from '../manual-clock.ts'
import { createMemoryStores } from '../memory-stores.ts'
import { createIdentity, createTestEngine, OTHER_VM_ID, VM_ID } from '../test-engine.ts'

const alice = createIdentity()
const vm = { vmId: VM_ID }

describe('an operation', () => {
  it('that only asked is answered later, on its row and on record, as long as it is listed', async () => {
    const asked: StepContext<'vm.pause'>[] = []
    const ask = {
      execute: async (context: StepContext<'vm.pause'>) => {
        asked.push(context)
        return {}
      },
    }
    const { engine, clock, stores, topics } = await createTestEngine({ 'vm.pause': ask })
    await engine.dispatch(alice, 'vm.pause', vm)
    const [id = '' as Task['id']] = [...topics.model().tasks.keys()]
    const answer = () => topics.model().tasks.get(id)?.answer
    expect(answer()).toBeNull()
    clock.advance(300_000)
    asked[0]?.answered('unanswered')
    expect(answer()).toMatchObject({ outcome: 'unanswered' })
    clock.advance(12_000)
    asked[0]?.answered('done')
    await settle()
    const { startedAt } = topics.model().tasks.get(id) ?? {}
    expect(answer()).toEqual({ outcome: 'done', at: (startedAt ?? 0) + 312_000 })
    expect(stores.records.get(id)?.answer).toEqual(answer())
    for (let count = 0; count < ENDED_TASKS_KEPT; count += 1) await engine.dispatch(alice, 'vm.pause', vm)
    asked[0]?.answered('overtaken')
    await settle()
    expect(topics.model().tasks.has(id)).toBe(false)
    expect(stores.records.has(id)).toBe(false)
  })

  it('that only asked a guest is answered under the next engine, on its row and on record', async () => {
    const stores = createMemoryStores()
    const ask = { execute: async () => ({}) }
    const before = await createTestEngine({ 'vm.shutdown': ask }, stores)
    await before.engine.dispatch(alice, 'vm.shutdown', vm)
    await before.engine.dispatch(alice, 'vm.shutdown', { vmIds: [VM_ID, OTHER_VM_ID] })
    const waiting: AnswerContext<'vm.shutdown'>[] = []
    const again = await createTestEngine(
      { 'vm.shutdown': { ...ask, awaitAnswer: (each) => waiting.push(each) } },
      stores,
    )
    expect(waiting.map(({ input, user, answer }) => [input.vmId, user, answer])).toEqual([
      [VM_ID, alice.user, null],
      [VM_ID, alice.user, null],
      [OTHER_VM_ID, alice.user, null],
    ])
    for (const each of waiting) each.answered('unseen')
    await settle()
    expect([...again.topics.model().tasks.values()][0]?.answer).toMatchObject({ outcome: 'unseen' })
    expect([...stores.records.values()].map(({ answer }) => answer?.outcome)).toEqual([
      'unseen',
      undefined,
      'unseen',
      'unseen',
    ])
    expect(await stores.operationStore.fetchUnanswered(['vm.shutdown'])).toEqual([])
  })
})

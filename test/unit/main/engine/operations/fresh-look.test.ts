import { expect, it } from 'vitest'
import type { StepContext } from '../../../../../src/main/engine/index.ts'
import { exclusive } from '../../../../../src/main/engine/index.ts'
import { REFRESH_MS } from '../../../../../src/main/engine/operations/operation-entry.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { settle } from '../manual-clock.ts'
import { createGate, createIdentity, createTestEngine, OTHER_VM_ID, VM_ID } from '../test-engine.ts'

const alice = createIdentity()
const vm = { vmId: VM_ID }

/** A command whose look at its host does what a test says; `known` is what the model shows of the VM. */
async function createLooking(look: (known: { saved: boolean; there: boolean }) => Promise<void>) {
  const known = { saved: true, there: true }
  const ran: string[] = []
  const made = await createTestEngine({
    'vm.start': {
      validate: (_model, { vmId }) => (known.there ? null : new AppError('vm.not-found', { vmId })),
      refresh: () => look(known),
      plan: (_model, { vmId }) => ({
        locks: [exclusive(`vm:${vmId}`)],
        touches: [],
        steps: [{ action: 'work', text: { key: known.saved ? 'restoring' : 'starting', params: {} } }],
      }),
      steps: {
        work: {
          run: async ({ step }: StepContext<'vm.start'>) => void ran.push(step.text.key),
          inspect: async () => 'absent' as const,
        },
      },
      output: () => ({}),
    },
  })
  return { ...made, known, ran }
}

it('an operation looks again once it has its lock, and plans by what it then sees', async () => {
  const gate = createGate()
  const { engine, ran, topics } = await createLooking(async (known) => {
    await gate.passed
    known.saved = false
  })
  const result = engine.dispatch(alice, 'vm.start', vm)
  await settle()
  expect(ran).toEqual([])
  // It holds its lock meanwhile, so that what it sees stays so as far as we are concerned.
  let other = false
  const second = engine.dispatch(alice, 'vm.pause', vm).then(() => {
    other = true
  })
  await engine.dispatch(alice, 'vm.pause', { vmId: OTHER_VM_ID })
  expect(other).toBe(false)
  gate.open()
  expect(await result).toMatchObject({ ok: true })
  await second
  expect(ran).toEqual(['starting'])
  expect([...topics.model().tasks.values()][0]?.steps.map(({ text }) => text.key)).toEqual(['starting'])
})

it('is refused, in the words of its own rule, by what only the look has shown', async () => {
  const { engine, ran } = await createLooking(async (known) => {
    known.there = false
  })
  expect(await engine.dispatch(alice, 'vm.start', vm)).toMatchObject({ ok: false, error: { code: 'vm.not-found' } })
  expect(ran).toEqual([])
})

it('waits for a look only so long, and goes by what is known where one fails', async () => {
  const { engine, ran, clock } = await createLooking(() => new Promise(() => undefined))
  const slow = engine.dispatch(alice, 'vm.start', vm)
  await settle()
  clock.advance(REFRESH_MS - 1)
  await settle()
  expect(ran).toEqual([])
  clock.advance(1)
  expect(await slow).toMatchObject({ ok: true })
  expect(ran).toEqual(['restoring'])

  const failing = await createLooking(async () => {
    throw new AppError('host.not-connected', { name: 'node1', status: 'connecting' })
  })
  expect(await failing.engine.dispatch(alice, 'vm.start', vm)).toMatchObject({ ok: true })
  expect(failing.ran).toEqual(['restoring'])
})

it('each row of a batch looks at its own object', async () => {
  const looked: string[] = []
  const made = await createTestEngine({
    'vm.start': { refresh: async ({ input }) => void looked.push(input.vmId) },
  })
  expect(await made.engine.dispatch(alice, 'vm.start', { vmIds: [VM_ID, OTHER_VM_ID] })).toMatchObject({ ok: true })
  expect(looked.sort()).toEqual([VM_ID, OTHER_VM_ID].sort())
})

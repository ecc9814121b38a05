import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../../../src/main/engine/index.ts'
import type { HostRegistry } from '../../../../src/main/hosts/index.ts'
import { createPowerHandlers } from '../../../../src/main/vm/commands/power.ts'
import { OwnActions } from '../../../../src/main/vm/own-actions.ts'
import { Transitions } from '../../../../src/main/vm/transitions.ts'
import type { Vm } from '../../../../src/shared/domain/index.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { makeModel, makeRecord, makeVm, VM_ID } from './make-model.ts'

/** Asks the guest to shut down, on a host that takes every call. */
async function shutDown() {
  const clock = new ManualClock()
  let vm: Vm = makeVm()
  const lines: AuditEntry[] = []
  const link = { control: () => ({ call: async () => undefined }), refreshDomain: async () => makeRecord() }
  const transitions = new Transitions(clock, () => undefined)
  const ownActions = new OwnActions(clock)
  const answers: string[] = []
  const handlers = createPowerHandlers({
    hosts: { get: () => link } as unknown as HostRegistry,
    transitions,
    ownActions,
    audit: { record: (entry) => lines.push(entry) },
    clock,
  })
  const context = {
    input: { vmId: VM_ID },
    model: () => makeModel(vm),
    user: 'kim',
    isRow: false,
    answered: (outcome: string) => answers.push(outcome),
  }
  await handlers['vm.shutdown'].steps.call?.run(context as never)
  return {
    clock,
    transitions,
    ownActions,
    answers,
    lines,
    become: (changes: Partial<Vm>) => (vm = { ...vm, ...changes }),
  }
}

const FIVE_MINUTES_MS = 300_000

describe('a guest that was asked to shut down', () => {
  test('and does not, is told of when its time is over', async () => {
    const { clock, lines } = await shutDown()
    clock.advance(FIVE_MINUTES_MS - 1)
    expect(lines).toEqual([])
    clock.advance(1)
    expect(lines).toMatchObject([
      { kind: 'command.unanswered', severity: 'warning', user: 'kim', command: 'vm.shutdown', params: { minutes: 5 } },
    ])
    clock.advance(FIVE_MINUTES_MS)
    expect(lines).toHaveLength(1)
  })

  test('and does so later, is known to have done it', async () => {
    const { clock, ownActions, answers } = await shutDown()
    clock.advance(FIVE_MINUTES_MS)
    expect(answers).toEqual(['unanswered'])
    clock.advance(FIVE_MINUTES_MS)
    expect(ownActions.match(VM_ID, 'vm.stopped', 'shutdown')?.user).toBe('kim')
    expect(answers).toEqual(['unanswered', 'done'])
  })

  test('and did, or cannot be seen any more, is not', async () => {
    const down = await shutDown()
    down.transitions.end(VM_ID, 'powering-down')
    down.clock.advance(2 * FIVE_MINUTES_MS)
    expect(down.lines).toEqual([])
    const lost = await shutDown()
    lost.become({ status: 'unknown', stale: true })
    lost.clock.advance(2 * FIVE_MINUTES_MS)
    expect(lost.lines).toEqual([])
  })
})

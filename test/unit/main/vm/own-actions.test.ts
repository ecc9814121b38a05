import { expect, test } from 'vitest'
import { OwnActions } from '../../../../src/main/vm/own-actions.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { VM_ID } from './make-model.ts'

function makeOwnActions() {
  const clock = new ManualClock()
  return { clock, own: new OwnActions(clock) }
}
const expectation = { kinds: ['vm.started'], user: 'kim', command: 'vm.start', silent: true, withinMs: 60_000 } as const

test('an event of ours is ours once, until a little after the command ended', () => {
  const { clock, own } = makeOwnActions()
  expect(own.match(VM_ID, 'vm.started')).toBeNull()
  const ended = own.expect(VM_ID, expectation)
  expect(own.match(VM_ID, 'vm.stopped')).toBeNull()
  clock.advance(30_000)
  clock.setBack(600_000)
  ended()
  clock.advance(4_999)
  expect(own.match(VM_ID, 'vm.started')).toMatchObject({ user: 'kim', silent: true })
  expect(own.match(VM_ID, 'vm.started')).toBeNull()
  own.expect(VM_ID, expectation)()
  clock.advance(5_001)
  expect(own.match(VM_ID, 'vm.started')).toBeNull()
})

test('an event for another reason is somebody else’s doing', () => {
  const { own } = makeOwnActions()
  own.expect(VM_ID, { ...expectation, kinds: ['vm.stopped'], reason: 'shutdown' })
  expect(own.match(VM_ID, 'vm.stopped', 'destroyed')).toBeNull()
  expect(own.match(VM_ID, 'vm.stopped', 'shutdown')?.user).toBe('kim')
})

test('what guests were asked for is answered by the event, by another end, or not at all', () => {
  const { own } = makeOwnActions()
  const answers: string[] = []
  const ask = (who: string) =>
    own.expect(VM_ID, {
      ...expectation,
      kinds: ['vm.stopped'],
      reason: 'shutdown',
      silent: false,
      onAnswer: (outcome) => answers.push(`${who}: ${outcome}`),
    })
  ask('first')
  ask('second')
  own.match(VM_ID, 'vm.agent-connected')
  expect(answers).toEqual([])
  own.match(VM_ID, 'vm.stopped', 'shutdown')
  expect(answers).toEqual(['second: done', 'first: done'])
  ask('third')
  own.match(VM_ID, 'vm.stopped', 'destroyed')
  own.match(VM_ID, 'vm.stopped', 'shutdown')
  expect(answers.slice(2)).toEqual(['third: overtaken'])
})

test('what a command asked for and never happened is not ours for ever', () => {
  const { clock, own } = makeOwnActions()
  own.expect(VM_ID, expectation)
  clock.advance(60_001)
  expect(own.match(VM_ID, 'vm.started')).toBeNull()
})

test('two commands on one VM are told apart by their events, the latest first', () => {
  const { own } = makeOwnActions()
  own.expect(VM_ID, { ...expectation, kinds: ['vm.stopped'], command: 'vm.shutdown' })
  own.expect(VM_ID, { ...expectation, kinds: ['vm.stopped'], command: 'vm.poweroff' })
  own.expect(VM_ID, expectation)
  expect(own.match(VM_ID, 'vm.stopped')?.command).toBe('vm.poweroff')
  expect(own.match(VM_ID, 'vm.started')?.command).toBe('vm.start')
})

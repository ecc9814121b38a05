import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../../../src/main/engine/index.ts'
import type { DomainRecord, HostChangeListener, HostRegistry } from '../../../../src/main/hosts/index.ts'
import { createPowerHandlers } from '../../../../src/main/vm/commands/power.ts'
import { GuestRequests } from '../../../../src/main/vm/guest-requests.ts'
import { OwnActions } from '../../../../src/main/vm/own-actions.ts'
import { Transitions } from '../../../../src/main/vm/transitions.ts'
import type { Vm } from '../../../../src/shared/domain/index.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { HOST_A, makeModel, makeRecord, makeVm, VM_ID } from './make-model.ts'

/** Asks the guest to shut down, or, with `agoMs`, goes on as an engine after the one that has; on a host that takes every call. */
async function shutDown(agoMs: number | null = null, input: { readonly waitMinutes?: number } = {}) {
  const clock = new ManualClock()
  let vm: Vm = makeVm()
  const lines: AuditEntry[] = []
  const listeners: HostChangeListener[] = []
  const link = {
    id: HOST_A,
    isLive: agoMs === null,
    domains: new Map<string, DomainRecord>([[VM_ID, makeRun(4)]]),
    control: () => ({ call: async () => undefined }),
    refreshDomain: async () => makeRecord(),
  }
  const hosts = {
    get: () => link,
    find: () => link,
    list: () => [link],
    onChange: (listener: HostChangeListener) => {
      listeners.push(listener)
      return () => undefined
    },
  } as unknown as HostRegistry
  const transitions = new Transitions(clock, () => undefined)
  const ownActions = new OwnActions(clock)
  const audit = { record: (entry: AuditEntry) => lines.push(entry) }
  const answers: string[] = []
  const guestRequests = new GuestRequests({ hosts, transitions, ownActions, audit, clock })
  const handler = createPowerHandlers({
    hosts,
    transitions,
    ownActions,
    guestRequests,
    audit,
    clock,
    activateVolumes: async () => () => undefined,
  })['vm.shutdown']
  const context = {
    input: { vmId: VM_ID, ...input },
    model: () => makeModel(vm),
    user: 'kim',
    isRow: false,
    answered: (outcome: string) => answers.push(outcome),
  }
  if (agoMs === null) await handler.steps.call?.run(context as never)
  else {
    const results = { call: { hostId: HOST_A, domainId: 4 } }
    handler.awaitAnswer?.({ ...context, results, askedAt: clock.now() - agoMs, answer: null } as never)
  }
  const become = (changes: Partial<Vm>) => (vm = { ...vm, ...changes })
  const setLive = (isLive: boolean) => {
    link.isLive = isLive
    become({ stale: !isLive })
    for (const listener of listeners) listener({ kind: 'state', hostId: HOST_A })
  }
  return {
    clock,
    transitions,
    ownActions,
    answers,
    lines,
    become,
    lose: () => setLive(false),
    reboot: () => {
      const event = { kind: 'domain-reboot', domain: { uuid: VM_ID, name: vm.name, id: 4 } }
      for (const listener of listeners) listener({ kind: 'event', hostId: HOST_A, event } as never)
    },
    /** The host is back, and shows the machine like this; null: it has it no more. */
    comeBack: (record: DomainRecord | null) => {
      if (record === null) link.domains.clear()
      else link.domains.set(VM_ID, record)
      setLive(true)
    },
  }
}

/** A running domain with a number; null: shut off, and why. */
function makeRun(domainId: number | null, reason = 'booted'): DomainRecord {
  const record = makeRecord({ state: domainId === null ? 'shut-off' : 'running', reason })
  return { ...record, definition: { ...record.definition, domainId } }
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

  test('has as long as the one who asked gives it, also with the engine after that', async () => {
    const { clock, lines } = await shutDown(null, { waitMinutes: 10 })
    clock.advance(2 * FIVE_MINUTES_MS - 1)
    expect(lines).toEqual([])
    clock.advance(1)
    expect(lines).toMatchObject([{ kind: 'command.unanswered', params: { minutes: 10 } }])
    const later = await shutDown(FIVE_MINUTES_MS, { waitMinutes: 10 })
    later.comeBack(makeRun(4))
    later.clock.advance(FIVE_MINUTES_MS - 1)
    expect(later.answers).toEqual([])
    later.clock.advance(1)
    expect(later.answers).toEqual(['unanswered'])
  })

  test('and does so later, is known to have done it', async () => {
    const { clock, ownActions, answers } = await shutDown()
    clock.advance(FIVE_MINUTES_MS)
    expect(answers).toEqual(['unanswered'])
    clock.advance(FIVE_MINUTES_MS)
    expect(ownActions.match(VM_ID, 'vm.stopped', 'shutdown')?.user).toBe('kim')
    expect(answers).toEqual(['unanswered', 'done'])
  })

  test('and is reset instead, was overtaken by that, and shows as it is', async () => {
    const { clock, transitions, ownActions, answers, lines, reboot } = await shutDown()
    expect(transitions.kindOf(VM_ID)).toBe('powering-down')
    reboot()
    expect(transitions.kindOf(VM_ID)).toBe(null)
    expect(answers).toEqual(['overtaken'])
    // What it does afterwards is its own doing, and nobody waits for it.
    clock.advance(2 * FIVE_MINUTES_MS)
    expect(ownActions.match(VM_ID, 'vm.stopped', 'shutdown')).toBe(null)
    expect(lines).toEqual([])
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

  test.each<[string, DomainRecord | null, string | null]>([
    ['down, by itself', makeRun(null, 'shutdown'), 'done'],
    ['down, by force', makeRun(null, 'destroyed'), 'overtaken'],
    ['saved', makeRun(null, 'saved'), 'overtaken'],
    ['down, and a new daemon does not know why', makeRun(null, 'unknown'), 'unseen'],
    ['crashed and kept', { ...makeRun(4, 'panicked'), state: 'crashed' }, 'overtaken'],
    ['started anew', makeRun(5), 'unseen'],
    ['gone', null, 'unseen'],
    ['still at it', makeRun(4), null],
  ])('is seen %s when its host, or the engine, comes back', async (_what, record, answer) => {
    const expected = answer === null ? [] : [answer]
    const here = await shutDown()
    here.lose()
    here.comeBack(record)
    expect(here.answers).toEqual(expected)
    const later = await shutDown(60_000)
    expect(later.answers).toEqual([])
    later.comeBack(record)
    expect(later.answers).toEqual(expected)
  })

  test('and whose time was over while its host was away, is told of when it is seen again', async () => {
    const { clock, answers, lines, lose, comeBack } = await shutDown()
    lose()
    clock.advance(FIVE_MINUTES_MS)
    expect(answers).toEqual([])
    comeBack(makeRun(4))
    expect(answers).toEqual(['unanswered'])
    expect(lines).toMatchObject([{ kind: 'command.unanswered' }])
  })

  test('by an engine that is gone, has the rest of its time, and what it does is known to be asked for', async () => {
    const { clock, answers, transitions, ownActions, comeBack } = await shutDown(60_000)
    comeBack(makeRun(4))
    expect(transitions.kindOf(VM_ID)).toBe('powering-down')
    clock.advance(FIVE_MINUTES_MS - 60_001)
    expect(answers).toEqual([])
    clock.advance(1)
    expect(answers).toEqual(['unanswered'])
    expect(ownActions.match(VM_ID, 'vm.stopped', 'shutdown')?.user).toBe('kim')
    expect(answers).toEqual(['unanswered', 'done'])
  })

  test('by an engine that is long gone, is not waited for any more', async () => {
    const { answers, transitions, ownActions, comeBack } = await shutDown(24 * 3_600_000)
    comeBack(makeRun(4))
    expect(answers).toEqual(['unanswered'])
    expect(transitions.kindOf(VM_ID)).toBeNull()
    expect(ownActions.match(VM_ID, 'vm.stopped', 'shutdown')).toBeNull()
  })
})

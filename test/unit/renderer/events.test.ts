import { describe, expect, it } from 'vitest'
import { describeActor, describeEvent } from '../../../src/renderer/features/events/event-text.ts'
import { findLastFailure } from '../../../src/renderer/features/events/find-last-failure.ts'
import { findOldest, mergeEvents } from '../../../src/renderer/features/events/older-events.ts'
import { createI18n, describeCause, describeError } from '../../../src/renderer/i18n/index.ts'
import type { AuditEvent } from '../../../src/shared/domain/index.ts'
import { inventEvent, inventVm } from './invented.ts'

const vm = inventVm(1, 'aaaaaaaa-0000-4000-8000-000000000001' as never)
const event = (change: Partial<AuditEvent>): AuditEvent => ({
  ...inventEvent(1, vm),
  user: null,
  command: null,
  error: null,
  params: {},
  ...change,
})

describe('a line of the trail in words', () => {
  it('says that a guest was asked, and that it is done when the machine is down', async () => {
    const { t } = await createI18n('en')
    const texts = [
      { kind: 'command.asked', command: 'vm.shutdown', user: 'kim' },
      { kind: 'vm.stopped', command: 'vm.shutdown', user: 'kim', params: { reason: 'shutdown' } },
      { kind: 'vm.stopped', params: { reason: 'shutdown' } },
      { kind: 'command.unanswered', command: 'vm.shutdown', params: { minutes: 5 } },
      { kind: 'command.succeeded', command: 'vm.poweroff', user: 'kim' },
      { kind: 'command.succeeded', command: 'libvirt-network.start', params: { object: 'lab' } },
    ] as const
    expect(texts.map((change) => describeEvent(event(change), t))).toEqual([
      'Shut down: asked',
      'Shut down: done. The guest shut down',
      'The guest shut down',
      'Shut down: the guest has not done it in 5 min',
      'Power off: done',
      'Start libvirt network (lab): done',
    ])
  })

  it('says the cause of a failure, in the words of whoever refused', async () => {
    const { t } = await createI18n('en')
    const params = { name: 'web', action: 'start', message: 'Cannot access storage file ‘/mnt/gone.qcow2’' }
    const error = { code: 'vm.operation-refused', params, retry: 'never', technical: [] } as const
    expect(describeEvent(event({ kind: 'command.failed', command: 'vm.start', error }), t)).toBe(
      'Start: failed. The host refused “Start” for web: Cannot access storage file ‘/mnt/gone.qcow2’',
    )
    const plain = { code: 'vm.not-found', params: { vmId: 'x' }, retry: 'never', technical: [] } as const
    expect(describeCause(plain, t)).toBe(describeError(plain, t).title)
  })

  it('names somebody outside only for what somebody does', async () => {
    const { t } = await createI18n('en')
    const actors = ['vm.started', 'host.connected', 'host.disconnected', 'vm.crashed', 'vm.agent-connected'] as const
    expect(actors.map((kind) => describeActor({ kind, user: null }, t))).toEqual([
      'outside Virtdeck',
      'Virtdeck',
      '—',
      '—',
      '—',
    ])
    expect(describeActor({ kind: 'host.connected', user: 'kim' }, t)).toBe('kim')
  })
})

describe('older lines', () => {
  const lines = (...ids: number[]) => ids.map((id) => event({ id: String(id) }))
  const ids = (held: { events: ReadonlyMap<string, AuditEvent> }) =>
    [...held.events.keys()].map(Number).sort((a, b) => a - b)

  it('join those that are there, and change nothing when they were there', () => {
    const held = mergeEvents({ events: new Map(), next: '5' }, lines(3, 4), '3')
    expect([ids(held), held.next]).toEqual([[3, 4], '3'])
    expect(mergeEvents(held, lines(4), '3')).toBe(held)
  })

  it('go again, oldest first, when there are too many, and can then be asked for anew', () => {
    const held = mergeEvents({ events: new Map(), next: null }, lines(1, 2, 3, 4), null, 4)
    const more = mergeEvents(held, lines(5, 6), null, 4)
    expect([ids(more), more.next]).toEqual([[3, 4, 5, 6], '3'])
  })

  it('begin before the oldest that is shown', () => {
    expect(findOldest(lines(12, 9, 100))).toBe('9')
    expect(findOldest([])).toBeNull()
  })
})

describe('the last failure of a machine', () => {
  const lines = (...kinds: readonly AuditEvent['kind'][]) =>
    kinds.map((kind, index) =>
      event({ id: String(index + 9), kind, subject: { kind: 'vm', id: vm.id, name: vm.name } }),
    )

  it.each([
    [['command.failed'], '9'],
    [['command.failed', 'vm.agent-disconnected'], '9'],
    [['vm.started', 'vm.crashed', 'vm.changed'], '10'],
    [['command.failed', 'vm.started'], undefined],
    [['command.failed', 'command.succeeded'], undefined],
    [['vm.stopped'], undefined],
  ] as const)('of %j is %s', (kinds, id) => {
    const events = lines(...kinds).reverse()
    expect(findLastFailure(events, vm.id)?.id).toBe(id)
    expect(findLastFailure(events, 'another')).toBeNull()
  })
})

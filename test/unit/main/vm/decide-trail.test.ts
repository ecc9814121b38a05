import { describe, expect, test } from 'vitest'
import type { DomainEvent } from '../../../../src/main/hosts/index.ts'
import { decideTrailLine } from '../../../../src/main/vm/decide-trail-entry.ts'
import { makeRecord, VM_ID } from './make-model.ts'

const domain = { name: 'web', uuid: VM_ID, id: 1 }
type Lifecycle = Extract<DomainEvent, { kind: 'domain-lifecycle' }>
const lifecycle = (event: Lifecycle['event'], detail: number): DomainEvent => ({
  kind: 'domain-lifecycle',
  domain,
  event,
  detail,
})

describe('a line of the trail', () => {
  test.each([
    ['defined', 0, 'vm.defined'],
    ['defined', 1, 'vm.changed'],
    ['undefined', 0, 'vm.undefined'],
    ['undefined', 1, undefined],
    ['started', 0, 'vm.started'],
    ['started', 1, 'vm.migrated'],
    ['started', 5, 'vm.rebooted'],
    ['suspended', 0, 'vm.paused'],
    ['suspended', 2, undefined],
    ['stopped', 0, 'vm.stopped'],
    ['stopped', 1, 'vm.stopped'],
    ['stopped', 2, 'vm.crashed'],
    ['stopped', 3, undefined],
    ['stopped', 4, 'vm.saved'],
    ['stopped', 5, 'vm.crashed'],
    ['stopped', 7, undefined],
    ['shutdown', 1, undefined],
    ['crashed', 0, 'vm.crashed'],
    ['unknown', 0, undefined],
  ] as const)('for %s (%d) is %s', (event, detail, kind) => {
    expect(decideTrailLine(lifecycle(event, detail), makeRecord())?.kind).toBe(kind)
  })

  test('says that a VM runs on only when somebody had paused it', () => {
    const resumed = lifecycle('resumed', 0)
    expect(decideTrailLine(resumed, makeRecord({ state: 'paused', reason: 'user' }))?.kind).toBe('vm.resumed')
    expect(decideTrailLine(resumed, makeRecord({ state: 'paused', reason: 'starting-up' }))).toBeNull()
    expect(decideTrailLine(resumed, makeRecord({ state: 'shut-off' }))).toBeNull()
    expect(decideTrailLine(resumed, null)).toBeNull()
  })

  test('tells an I/O error once, not for every request that fails', () => {
    const event: DomainEvent = {
      kind: 'domain-io-error',
      domain,
      sourcePath: '/a',
      deviceAlias: 'vda',
      action: 1,
      reason: 'enospc',
    }
    expect(decideTrailLine(event, makeRecord())).toMatchObject({
      kind: 'vm.io-error',
      severity: 'error',
      params: { device: 'vda', path: '/a', reason: 'enospc' },
    })
    expect(decideTrailLine(event, makeRecord({ state: 'paused', reason: 'io-error' }))).toBeNull()
  })

  test('names what the watchdog did', () => {
    const event: DomainEvent = { kind: 'domain-watchdog', domain, action: 2 }
    expect(decideTrailLine(event, makeRecord())).toMatchObject({ kind: 'vm.watchdog', params: { action: 'reset' } })
  })

  test('leaves out the agent’s coming and going that a start or stop explains', () => {
    const agent = (state: 'connected' | 'disconnected', reason: number): DomainEvent => ({
      kind: 'domain-agent-lifecycle',
      domain,
      state,
      reason,
    })
    expect(decideTrailLine(agent('disconnected', 1), makeRecord())).toBeNull()
    expect(decideTrailLine(agent('connected', 2), makeRecord())?.kind).toBe('vm.agent-connected')
    expect(decideTrailLine(agent('disconnected', 2), makeRecord({ state: 'shut-off' }))).toBeNull()
  })
})

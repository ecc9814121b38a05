import { describe, expect, it } from 'vitest'
import { findLastReboot, NO_RUN, nextRun } from '../../../../src/renderer/features/console/guest-runs.ts'
import { type AuditEvent, hostIdSchema, type Vm, vmIdSchema } from '../../../../src/shared/domain/index.ts'

const vmId = vmIdSchema.parse('4dea22b3-1d52-48f3-9516-782e98ab3fa0')
const hosts = {
  a: hostIdSchema.parse('11111111-1111-4111-8111-111111111111'),
  b: hostIdSchema.parse('22222222-2222-4222-8222-222222222222'),
}

type Sight = readonly [status: Vm['status'], domainId: number | null, host?: 'a' | 'b']

/** How many new runs are counted over what is seen. */
function countRuns(sights: readonly Sight[]): number {
  const seen = sights.map(([status, domainId, host = 'a']) => ({ status, domainId, hostId: hosts[host] }))
  return seen.reduce(nextRun, NO_RUN).count
}

describe('the runs of a guest', () => {
  it.each<[string, readonly Sight[], number]>([
    ['the first sight of it', [['up', 3]], 0],
    [
      'a first start while one looks',
      [
        ['down', null],
        ['powering-up', 3],
        ['up', 3],
      ],
      0,
    ],
    [
      'a start after a stop',
      [
        ['up', 3],
        ['down', null],
        ['powering-up', 4],
        ['up', 4],
      ],
      1,
    ],
    [
      'a stop and start that came too quick to be seen',
      [
        ['up', 3],
        ['up', 4],
      ],
      1,
    ],
    [
      'a start on another host',
      [
        ['up', 3],
        ['down', null],
        ['up', 1, 'b'],
      ],
      1,
    ],
    [
      'two starts',
      [
        ['up', 3],
        ['down', null],
        ['up', 4],
        ['down', null],
        ['up', 5],
      ],
      2,
    ],
    [
      'a move to another host',
      [
        ['up', 3],
        ['migrating-from', 3],
        ['migrating-to', 7, 'b'],
        ['up', 7, 'b'],
      ],
      0,
    ],
    [
      'a move that was seen at its end only',
      [
        ['up', 3],
        ['up', 7, 'b'],
      ],
      0,
    ],
    [
      'a pause',
      [
        ['up', 3],
        ['paused', 3],
        ['up', 3],
      ],
      0,
    ],
    [
      'a host that was away',
      [
        ['up', 3],
        ['unknown', 3],
        ['up', 3],
      ],
      0,
    ],
    [
      'a restart while its host was away',
      [
        ['up', 3],
        ['unknown', 3],
        ['up', 4],
      ],
      1,
    ],
    [
      'a saved state',
      [
        ['up', 3],
        ['saving-state', 3],
        ['suspended', null],
        ['restoring-state', 4],
        ['up', 4],
      ],
      0,
    ],
    [
      'a saved state that was thrown away',
      [
        ['up', 3],
        ['suspended', null],
        ['powering-up', 4],
        ['up', 4],
      ],
      1,
    ],
    [
      'a saved state that was thrown away next door',
      [
        ['up', 3],
        ['suspended', null],
        ['down', null],
        ['up', 4],
      ],
      1,
    ],
  ])('%s', (_title, sights, expected) => {
    expect(countRuns(sights)).toBe(expected)
  })
})

describe('the last reboot in the trail', () => {
  const event = (id: string, change: Partial<AuditEvent>): AuditEvent => ({
    id,
    at: 0,
    kind: 'vm.rebooted',
    severity: 'info',
    subject: { kind: 'vm', id: vmId, name: 'web' },
    hostId: null,
    user: null,
    command: null,
    params: {},
    error: null,
    correlationId: null,
    ...change,
  })
  it.each<[string, readonly AuditEvent[], string | null]>([
    ['is not there in an empty trail', [], null],
    ['is the latest, in whatever order they stand', [event('9', {}), event('10', {}), event('2', {})], '10'],
    ['may be our own reset', [event('3', { kind: 'command.succeeded', command: 'vm.reset' })], '3'],
    ['is not another machine’s', [event('3', { subject: { kind: 'vm', id: 'other', name: 'db' } })], null],
    ['is not another thing that happened', [event('3', { kind: 'vm.paused' })], null],
    [
      'is not a reset that failed',
      [
        event('3', {
          kind: 'command.failed',
          command: 'vm.reset',
          error: { code: 'internal', params: {}, retry: 'safe', technical: [] },
        }),
      ],
      null,
    ],
  ])('%s', (_title, events, expected) => {
    expect(findLastReboot(events, vmId)).toBe(expected)
  })
})

import { describe, expect, test } from 'vitest'
import { decideStatus, type TransitionKind } from '../../../../src/main/vm/decide-status.ts'
import { makeRecord } from './make-model.ts'

const decide = (changes: Parameters<typeof makeRecord>[0], transition: TransitionKind | null = null, live = true) =>
  decideStatus({ record: makeRecord(changes), live, transition })

describe('what libvirt says', () => {
  test.each([
    [{ state: 'running', reason: 'booted' }, 'up', null],
    [{ state: 'running', reason: 'restored' }, 'up', 'restored'],
    [{ state: 'blocked', reason: 'unknown' }, 'up', null],
    [{ state: 'paused', reason: 'user' }, 'paused', null],
    [{ state: 'paused', reason: 'io-error' }, 'paused', 'io-error'],
    [{ state: 'paused', reason: 'starting-up' }, 'powering-up', null],
    [{ state: 'paused', reason: 'starting-up', hasManagedSave: true }, 'restoring-state', null],
    [{ state: 'paused', reason: 'migration' }, 'migrating-from', null],
    [{ state: 'paused', reason: 'migration', hasManagedSave: true }, 'restoring-state', null],
    [{ state: 'paused', reason: 'save' }, 'saving-state', null],
    [{ state: 'paused', reason: 'shutting-down' }, 'powering-down', null],
    [{ state: 'shutting-down', reason: 'user' }, 'powering-down', null],
    [{ state: 'shut-off', reason: 'shutdown' }, 'down', null],
    [{ state: 'shut-off', reason: 'crashed' }, 'down', 'crashed'],
    [{ state: 'shut-off', reason: 'failed' }, 'down', 'failed'],
    [{ state: 'shut-off', reason: 'saved' }, 'down', null],
    [{ state: 'shut-off', reason: 'saved', hasManagedSave: true }, 'suspended', null],
    [{ state: 'crashed', reason: 'panicked' }, 'not-responding', 'panicked'],
    [{ state: 'pm-suspended', reason: 'unknown' }, 'paused', 'pm-suspended'],
    [{ state: 'unknown', reason: 'unknown' }, 'unknown', 'unknown'],
  ] as const)('%o is %s (%s)', (record, status, reason) => {
    expect(decide(record)).toEqual({ status, reason })
  })
})

test('a VM of a host that cannot be asked is unknown, whatever was known before and whatever we were doing', () => {
  for (const state of ['running', 'paused', 'shut-off', 'crashed'] as const) {
    expect(decide({ state }, 'powering-down', false)).toEqual({ status: 'unknown', reason: null })
  }
})

describe('our own actions', () => {
  test.each([
    ['powering-up', { state: 'shut-off', reason: 'shutdown' }, 'powering-up'],
    ['powering-up', { state: 'running', reason: 'booted' }, 'up'],
    ['restoring-state', { state: 'shut-off', reason: 'saved', hasManagedSave: true }, 'restoring-state'],
    ['restoring-state', { state: 'paused', reason: 'migration' }, 'restoring-state'],
    ['saving-state', { state: 'running', reason: 'booted' }, 'saving-state'],
    ['saving-state', { state: 'shut-off', reason: 'saved', hasManagedSave: true }, 'suspended'],
    ['powering-down', { state: 'running', reason: 'booted' }, 'powering-down'],
    ['powering-down', { state: 'paused', reason: 'user' }, 'paused'],
    ['powering-down', { state: 'shut-off', reason: 'shutdown' }, 'down'],
    ['reboot-in-progress', { state: 'running', reason: 'booted' }, 'reboot-in-progress'],
    ['reboot-in-progress', { state: 'crashed', reason: 'panicked' }, 'not-responding'],
  ] as const)('%s over %o shows %s', (transition, record, status) => {
    expect(decide(record, transition).status).toBe(status)
  })
})

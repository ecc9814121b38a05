import { expect, test } from 'vitest'
import { isActiveState, nameDomainState, nameLifecycleDetail } from '../../../../src/main/hosts/domain-states.ts'

test.each([
  [1, 1, 'running', 'booted', true],
  [3, 5, 'paused', 'io-error', true],
  [5, 5, 'shut-off', 'saved', false],
  [6, 1, 'crashed', 'panicked', true],
  [7, 0, 'pm-suspended', 'unknown', true],
  [0, 0, 'no-state', 'unknown', false],
  [99, 1, 'unknown', 'unknown', false],
  [1, 99, 'running', 'unknown', true],
] as const)('state %d with reason %d is %s (%s)', (state, reason, name, why, active) => {
  expect(nameDomainState(state, reason)).toEqual({ state: name, reason: why })
  expect(isActiveState(name)).toBe(active)
})

test('details of events have names, and those of a newer libvirt are unknown', () => {
  expect(nameLifecycleDetail('stopped', 2)).toBe('crashed')
  expect(nameLifecycleDetail('stopped', 7)).toBe('recreated')
  expect(nameLifecycleDetail('started', 5)).toBe('recreated')
  expect(nameLifecycleDetail('suspended', 9)).toBe('guest-shutdown')
  expect(nameLifecycleDetail('stopped', 77)).toBe('unknown')
  expect(nameLifecycleDetail('renovated', 0)).toBe('unknown')
})

import { expect, test } from 'vitest'
import { decideActionError, isInterrupted } from '../../../../src/main/vm/domain-action.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeVm } from './make-model.ts'

const refusal = (libvirtCode: number, message = 'libvirt says so') =>
  new AppError('libvirt.call-failed', {
    procedure: 'DOMAIN_SUSPEND',
    libvirtCode,
    libvirtDomain: 10,
    message,
    level: 2,
  })

test.each([
  ['no such domain', refusal(42), makeVm(), { code: 'vm.not-found' }],
  [
    'invalid, because it stopped meanwhile',
    refusal(55),
    makeVm({ status: 'down' }),
    { code: 'vm.wrong-status', params: { status: 'down' } },
  ],
  [
    'invalid, though the status allows it',
    refusal(55, 'no'),
    makeVm(),
    { code: 'vm.operation-refused', params: { message: 'no' } },
  ],
  ['invalid, and the host is gone', refusal(55), makeVm({ status: 'unknown' }), { code: 'vm.operation-refused' }],
  ['a lock that somebody holds', refusal(68, 'held by x'), makeVm(), { code: 'vm.busy', retry: 'safe' }],
  [
    'anything else',
    refusal(1, 'internal'),
    makeVm(),
    { code: 'vm.operation-refused', params: { message: 'internal', action: 'pause' } },
  ],
])('%s', (_what, error, now, expected) => {
  expect(decideActionError(error, 'pause', makeVm(), now)).toMatchObject({ ...expected, cause: error })
})

test('only a call that was sent and not answered is interrupted', () => {
  expect(
    isInterrupted(new AppError('libvirt.outcome-unknown', { procedure: 'P', reason: 'r' }, { retry: 'after-refresh' })),
  ).toBe(true)
  expect(
    isInterrupted(new AppError('libvirt.outcome-unknown', { procedure: 'P', reason: 'r' }, { retry: 'safe' })),
  ).toBe(false)
  expect(isInterrupted(refusal(1))).toBe(false)
  expect(isInterrupted(new Error('x'))).toBe(false)
})

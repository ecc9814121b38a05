import { describe, expect, test } from 'vitest'
import { decideReachStatus, type ReachFacts } from '../../../../src/main/hosts/decide-reach-status.ts'
import { defaultSettings } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

const unreachable = new AppError('ssh.unreachable', { address: 'a', port: 22, reason: 'ECONNREFUSED' })
const missing = new AppError('host.libvirt-missing', { address: 'a', tried: '/run/libvirt/libvirt-sock' })
const permission = new AppError('host.libvirt-permission', { user: 'u', socket: 's', group: 'libvirt' })
const wrongPassword = new AppError('ssh.authentication-failed', {
  user: 'u',
  address: 'a',
  tried: 'password',
  hint: 'refused',
})

const facts = (changes: Partial<ReachFacts>): ReachFacts => ({
  phase: 'connecting',
  failures: 0,
  lastSuccessMs: 0,
  nowMs: 0,
  policy: defaultSettings,
  runningVmCount: 0,
  isStorageManager: false,
  error: null,
  ...changes,
})

describe('how far a host is reached', () => {
  test.each([
    ['nobody has tried yet', { phase: 'idle' }, 'unassigned'],
    ['its domains are being read', { phase: 'initializing' }, 'initializing'],
    ['its domains are known', { phase: 'connected' }, 'up'],
    ['it was just lost', { failures: 0, error: unreachable }, 'connecting'],
    ['two attempts failed, long after', { failures: 2, nowMs: 600_000, error: unreachable }, 'connecting'],
    ['three attempts failed within the grace time', { failures: 3, nowMs: 59_999, error: unreachable }, 'connecting'],
    [
      'three attempts failed and the grace time is over',
      { failures: 3, nowMs: 60_000, error: unreachable },
      'non-responsive',
    ],
    [
      'it has ten VMs, whose patience counts',
      { failures: 9, nowMs: 64_999, runningVmCount: 10, error: unreachable },
      'connecting',
    ],
    [
      'even ten VMs cannot wait longer',
      { failures: 9, nowMs: 65_000, runningVmCount: 10, error: unreachable },
      'non-responsive',
    ],
    [
      'it manages storage, which others wait for',
      { failures: 9, nowMs: 79_999, isStorageManager: true, error: unreachable },
      'connecting',
    ],
    [
      'it manages storage, and that time is over too',
      { failures: 9, nowMs: 80_000, isStorageManager: true, error: unreachable },
      'non-responsive',
    ],
    [
      'the settings say less',
      {
        failures: 1,
        nowMs: 5_000,
        policy: { ...defaultSettings, nonResponsiveAfterMs: 5_000, nonResponsiveAfterFailures: 0 },
        error: unreachable,
      },
      'non-responsive',
    ],
    ['libvirt is away for a moment', { failures: 5, nowMs: 10_000, error: missing }, 'connecting'],
    ['libvirt stays away', { failures: 5, nowMs: 60_000, error: missing }, 'non-operational'],
    ['the user may not manage libvirt', { failures: 1, error: permission }, 'non-operational'],
    ['the password is wrong', { failures: 1, error: wrongPassword }, 'error'],
  ] as const)('when %s: %o is %s', (_when, changes, status) => {
    expect(decideReachStatus(facts(changes))).toBe(status)
  })
})

import { describe, expect, it } from 'vitest'
import {
  decideAfterEnd,
  decideTryNow,
  decideWait,
  type LinkSurroundings,
} from '../../../../src/renderer/features/console/decide-link.ts'
import type { ErrorCode, WireError } from '../../../../src/shared/errors/index.ts'

const good: LinkSurroundings = { engineLive: true, vmStatus: 'up', hostId: 'a' }
const error = (code: ErrorCode): WireError => ({ code, params: {}, retry: 'never', technical: [] })

describe('what a console waits for', () => {
  it.each<[string, Partial<LinkSurroundings>, ReturnType<typeof decideWait>]>([
    ['nothing when the VM runs', {}, null],
    ['nothing when the VM is paused', { vmStatus: 'paused' }, null],
    ['nothing while the VM moves', { vmStatus: 'migrating-from' }, null],
    ['the engine first of all', { engineLive: false, vmStatus: 'down' }, 'engine'],
    ['the VM when it is down', { vmStatus: 'down' }, 'vm-down'],
    ['the VM when it was saved', { vmStatus: 'suspended' }, 'vm-down'],
    ['the VM while it is being started', { vmStatus: 'powering-up' }, 'vm-starting'],
    ['the VM while its saved state is read', { vmStatus: 'restoring-state' }, 'vm-starting'],
    ['the host when it cannot be asked', { vmStatus: 'unknown' }, 'vm-unknown'],
    ['the VM when it is not known', { vmStatus: undefined }, 'vm-unknown'],
  ])('%s', (_title, change, expected) => {
    expect(decideWait({ ...good, ...change })).toBe(expected)
  })
})

describe('what comes after a console has ended', () => {
  it('is another try, later each time, and never later than 15 seconds and a bit', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => {
      const next = decideAfterEnd(good, null, failures, 0, 0.5)
      return next.phase === 'retrying' ? next.atMs : null
    })
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  })

  it('is spread by chance', () => {
    const at = (random: number) => {
      const next = decideAfterEnd(good, null, 1, 0, random)
      return next.phase === 'retrying' ? next.atMs : null
    }
    expect([at(0), at(1)]).toEqual([375, 625])
  })

  it('is waiting when the VM has stopped', () => {
    expect(decideAfterEnd({ ...good, vmStatus: 'down' }, null, 1, 0, 0)).toEqual({
      phase: 'waiting',
      reason: 'vm-down',
    })
  })

  it.each<ErrorCode>(['console.serial-busy', 'console.security-unsupported', 'command.forbidden'])(
    'is nothing by itself after %s',
    (code) => {
      expect(decideAfterEnd(good, error(code), 1, 0, 0).phase).toBe('stopped')
    },
  )

  it.each<ErrorCode>([
    'console.starting',
    'console.refused',
    'ssh.connection-lost',
    'console.ticket-invalid',
    'engine.stopping',
  ])('is another try after %s', (code) => {
    expect(decideAfterEnd(good, error(code), 1, 0, 0).phase).toBe('retrying')
  })
})

describe('a refused connection to the display', () => {
  const refused = (hint: string): WireError => ({ ...error('ssh.forward-refused'), params: { hint } })
  it.each([
    ['connection-refused', 'retrying'],
    ['socket-missing', 'retrying'],
    ['unknown', 'retrying'],
    ['forwarding-forbidden', 'stopped'],
  ])('for %s leads to %s', (hint, phase) => {
    expect(decideAfterEnd(good, refused(hint), 1, 0, 0).phase).toBe(phase)
  })
})

describe('a try at once', () => {
  it.each<[string, Partial<LinkSurroundings>, Partial<LinkSurroundings>, boolean]>([
    ['comes when the VM starts', { vmStatus: 'down' }, {}, true],
    ['comes when the VM has been started', { vmStatus: 'powering-up' }, {}, true],
    ['comes when the engine is back', { engineLive: false }, {}, true],
    ['comes when the VM is on another host', { hostId: 'b' }, {}, true],
    ['does not come when nothing that matters changed', { vmStatus: 'paused' }, {}, false],
    ['does not come when the VM stops', {}, { vmStatus: 'down' }, false],
  ])('%s', (_title, before, after, expected) => {
    expect(decideTryNow({ ...good, ...before }, { ...good, ...after })).toBe(expected)
  })
})

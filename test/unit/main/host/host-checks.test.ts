import { describe, expect, test } from 'vitest'
import { decideChecks, decideFailedCheck, type ProbeOutcome } from '../../../../src/main/host/host-checks.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeFacts } from './make-facts.ts'
import { makeSurvey } from './make-survey.ts'

const passed: ProbeOutcome = {
  transport: 'ssh',
  address: 'node1.lab',
  hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:x' },
  user: 'root',
  configSkipped: [],
  bySudo: false,
  facts: makeFacts(),
  survey: makeSurvey(),
  guests: [],
  error: null,
}
const alone = { twin: null, peers: [], model: { vms: new Map(), hosts: new Map() } }
const outcomes = (outcome: ProbeOutcome, twin: AppError | null = null) =>
  decideChecks(outcome, { ...alone, twin }).map((check) => `${check.check} ${check.outcome}`)

describe('the list of checks', () => {
  test('of a host with everything', () => {
    const others = decideChecks(passed, alone).filter((check) => check.outcome !== 'passed')
    // There is no other host yet to look at it.
    expect(others.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      'names not-run',
      'migration-ports not-run',
    ])
    expect(decideChecks(passed, alone).find((check) => check.check === 'libvirt')?.detail).toBe('libvirt 9.0.0')
  })

  test('of a host without hardware virtualization and with little memory: warnings only', () => {
    const facts = makeFacts({ domainTypes: ['qemu'], memoryKiB: 2_097_151 })
    expect(outcomes({ ...passed, facts }).slice(6, 8)).toEqual(['kvm warning', 'memory warning'])
  })

  test('of a host without libvirt: what its shell tells is told', () => {
    const error = new AppError('host.libvirt-missing', { address: 'a', tried: 's' })
    expect(outcomes({ ...passed, facts: null, guests: null, error })).toEqual([
      'reach passed',
      'host-key passed',
      'sign-in passed',
      'libvirt failed',
      'manage not-run',
      'qemu not-run',
      'kvm passed',
      'memory passed',
      'clock passed',
      'space passed',
      'names not-run',
      'migration-ports not-run',
      'known-vms not-run',
      'known-macs not-run',
      'duplicate passed',
    ])
  })

  test('of a host that runs no commands for us: libvirt tells what it can', () => {
    expect(outcomes({ ...passed, survey: null }).slice(6, 10)).toEqual([
      'kvm passed',
      'memory passed',
      'clock not-run',
      'space not-run',
    ])
  })

  test('says when it takes sudo', () => {
    const manage = decideChecks({ ...passed, bySudo: true }, alone).find(({ check }) => check === 'manage')
    expect(manage).toMatchObject({ outcome: 'passed', detail: 'sudo' })
  })

  test('of a host whose key nobody confirmed: what comes after was not tried', () => {
    const params = { address: 'a', port: 22, keyType: 'ssh-ed25519', fingerprint: 'SHA256:x' }
    const error = new AppError('ssh.host-key-unknown', params)
    const list = outcomes({ ...passed, hostKey: null, user: null, facts: null, error })
    expect(list.slice(0, 4)).toEqual(['reach passed', 'host-key failed', 'sign-in not-run', 'libvirt not-run'])
  })

  test('of a host whose ssh_config was not evaluated whole: a warning, whether it is reached or not', () => {
    const configSkipped = [{ path: '/c', line: 3, directive: 'Match exec' }]
    const [reach] = decideChecks({ ...passed, configSkipped }, alone)
    expect(reach).toMatchObject({ outcome: 'warning', error: { code: 'ssh.config-skipped', params: { line: 3 } } })
    const error = new AppError('ssh.authentication-failed', { user: 'u', address: 'a', tried: 'key', hint: 'refused' })
    const failed = { ...passed, user: null, facts: null, configSkipped, error }
    expect(outcomes(failed).slice(0, 3)).toEqual(['reach warning', 'host-key passed', 'sign-in failed'])
  })

  test('of a machine that is there under another address: said after all that was found', () => {
    const error = new AppError('host.same-machine', { name: 'node1', uuid: 'u' })
    expect(outcomes(passed, error).at(-1)).toBe('duplicate failed')
    expect(outcomes(passed, error).filter((each) => each.endsWith('failed'))).toHaveLength(1)
  })

  test('of this computer: nothing to sign in to', () => {
    expect(outcomes({ ...passed, transport: 'local', hostKey: null, user: null }).slice(0, 4)).toEqual([
      'reach passed',
      'host-key not-run',
      'sign-in not-run',
      'libvirt passed',
    ])
  })
})

test.each([
  [new AppError('ssh.unreachable', { address: 'a', port: 22, reason: 'x' }), 'reach'],
  [new AppError('ssh.name-not-found', { address: 'a' }), 'reach'],
  [new AppError('ssh.authentication-failed', { user: 'u', address: 'a', tried: 'key', hint: 'refused' }), 'sign-in'],
  [new AppError('ssh.key-needs-passphrase', { path: 'p' }), 'sign-in'],
  [new AppError('ssh.password-expired', { user: 'u', address: 'a' }), 'sign-in'],
  [new AppError('ssh.closed-at-once', { address: 'a', port: 22, said: '' }), 'reach'],
  [new AppError('host.libvirt-missing', { address: 'a', tried: 's' }), 'libvirt'],
  [new AppError('ssh.forward-refused', { target: 's', hint: 'forwarding-forbidden', group: '' }), 'libvirt'],
  [new AppError('ssh.shell-output', { target: 's', text: 'Welcome' }), 'libvirt'],
  [new AppError('host.libvirt-permission', { user: 'u', socket: 's', group: 'g' }), 'manage'],
  [new AppError('host.no-qemu', { address: 'a' }), 'qemu'],
  [new AppError('host.qemu-too-old', { version: '1.5.3', minimum: '2.12.0' }), 'qemu'],
])('%s fails the check %s', (error, check) => {
  expect(decideFailedCheck(error)).toBe(check)
})

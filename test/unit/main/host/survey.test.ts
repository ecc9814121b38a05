import { describe, expect, test } from 'vitest'
import {
  decideClock,
  decideKvm,
  decideMemory,
  decideSpace,
  type HostSurvey,
} from '../../../../src/main/host/survey/index.ts'
import { decideOffset, parseSurvey } from '../../../../src/main/host/survey/survey-script.ts'
import { makeFacts } from './make-facts.ts'
import { makeSurvey } from './make-survey.ts'

const PRINTED = `time=1700000000.250000000
uid=1001
name=node1.lab
flags=vmx hypervisor
kvm=device 660 0 106 kvm
qemu-user=libvirt-qemu 64055 106 64055
memory=8039168
machine-id=0123456789abcdef0123456789abcdef
space=104857600 /var/lib/libvirt
space=52428800 /var
system=debian||12|Debian GNU/Linux 12 (bookworm)
packages=apt-get
program=libvirtd
program=bash
sudo=yes
`

describe('what a host prints', () => {
  test('is read', () => {
    expect(parseSurvey(PRINTED, { sentAt: 1_700_000_000_000, heardAt: 1_700_000_000_100 })).toMatchObject({
      userId: 1001,
      hostName: 'node1.lab',
      cpuFlags: ['vmx', 'hypervisor'],
      kvm: { kind: 'device', mode: 0o660, userId: 0, groupId: 106, group: 'kvm' },
      qemuUser: { name: 'libvirt-qemu', userId: 64_055, groupIds: [106, 64_055] },
      memoryKiB: 8_039_168,
      space: [
        { path: '/var/lib/libvirt', freeKiB: 104_857_600 },
        { path: '/var', freeKiB: 52_428_800 },
      ],
      clock: { offsetMs: 200, boundMs: 50 },
      system: { id: 'debian', version: '12' },
      packageManager: 'apt',
      programs: new Set(['libvirtd', 'bash']),
      hasSudo: true,
    })
  })

  test('tells machines apart without showing their ids', () => {
    const digest = (id: string) => parseSurvey(`machine-id=${id}`, null).machineIdDigest
    const id = '0123456789abcdef0123456789abcdef'
    expect(digest(id)).toMatch(/^[0-9a-f]{64}$/)
    expect(digest(id)).not.toContain(id)
    expect(digest(`${id.slice(1)}0`)).not.toBe(digest(id))
    expect([digest(''), digest('uninitialized'), digest('0'.repeat(32))]).toEqual([null, null, null])
  })

  test.each([
    '',
    'garbage\n\u0000\u001b[2J',
    'kvm=none \nspace=\nmemory=\nqemu-user=\nsystem=|||\n',
    'kvm=weird 1 2 3\nspace=12 relative/path\nsystem=$(id)|x|y|z\n',
    `${'x=1\n'.repeat(10_000)}memory=5`,
  ])('may be anything: %#', (output) => {
    const survey = parseSurvey(output, { sentAt: 0, heardAt: 10 })
    expect(survey).toMatchObject({ memoryKiB: null, space: [], system: null, clock: null, qemuUser: null })
  })
})

test.each([
  ['100.5', 100_000, 101_000, { offsetMs: 0, boundMs: 500 }],
  ['100.0', 100_000, 100_100, { offsetMs: -50, boundMs: 50 }],
  ['190.05', 100_000, 100_100, { offsetMs: 90_000, boundMs: 50 }],
  // A date that knows no fractions: up to a second later than it says.
  ['100', 100_400, 100_600, { offsetMs: 0, boundMs: 600 }],
  ['100.%N', 100_400, 100_600, { offsetMs: 0, boundMs: 600 }],
  ['soon', 0, 1, null],
])('a clock of %s, asked at %i and heard at %i', (time, sentAt, heardAt, offset) => {
  expect(decideOffset(time, { sentAt, heardAt })).toEqual(offset)
})

describe('verdicts', () => {
  const kvm = { kind: 'device', mode: 0o660, userId: 0, groupId: 106, group: 'kvm' } as const
  const none = { ...kvm, kind: 'none', mode: null } as const
  test.each<[string, Partial<HostSurvey> | null, string[] | null, string | undefined]>([
    ['all is there', {}, ['kvm', 'qemu'], undefined],
    ['only libvirt tells', null, ['kvm', 'qemu'], undefined],
    ['only libvirt tells, and has none', null, ['qemu'], 'host.kvm-missing'],
    ['only the shell tells', {}, null, undefined],
    ['no flag, no device', { cpuFlags: [], kvm: none }, ['qemu'], 'host.cpu-without-virtualization'],
    ['no flag, no device, no libvirt', { cpuFlags: [], kvm: none }, null, 'host.cpu-without-virtualization'],
    ['a flag, no device', { kvm: none }, ['qemu'], 'host.kvm-module-missing'],
    ['a file in its place', { kvm: { ...kvm, kind: 'other' } }, ['qemu'], 'host.kvm-module-missing'],
    ['a device that libvirt does not offer', {}, ['qemu'], 'host.kvm-missing'],
    [
      'QEMU not in its group',
      { qemuUser: { name: 'qemu', userId: 107, groupIds: [107] } },
      ['kvm'],
      'host.kvm-inaccessible',
    ],
    [
      'open to all',
      { kvm: { ...kvm, mode: 0o666 }, qemuUser: { name: 'qemu', userId: 107, groupIds: [] } },
      ['kvm'],
      undefined,
    ],
    ['nobody knows whom QEMU runs as', { qemuUser: null }, ['kvm'], undefined],
  ])('KVM: %s', (_what, changes, domainTypes, code) => {
    const survey = changes === null ? null : makeSurvey(changes)
    const facts = domainTypes === null ? null : makeFacts({ domainTypes })
    expect(decideKvm('node1', survey, facts)?.warning?.code).toBe(code)
  })

  test('KVM where the CPU has other words for it', () => {
    const facts = makeFacts({ domainTypes: ['qemu'], architecture: 'aarch64' })
    expect(decideKvm('a', makeSurvey({ cpuFlags: [], kvm: none }), facts)?.warning?.code).toBe('host.kvm-missing')
    expect(decideKvm('a', null, null)).toBeNull()
  })

  test.each([
    [2_097_151, 'host.memory-too-small'],
    [2_097_152, undefined],
  ])('memory of %i KiB', (memoryKiB, code) => {
    expect(decideMemory(makeSurvey({ memoryKiB }), null)?.warning?.code).toBe(code)
    expect(decideMemory(null, makeFacts({ memoryKiB }))?.warning?.code).toBe(code)
  })

  test.each([
    [{ offsetMs: 1_000, boundMs: 0 }, undefined, '+1.00 s ± 0.00 s'],
    [{ offsetMs: 1_100, boundMs: 50 }, 'host.clock-off', '+1.10 s ± 0.05 s'],
    [{ offsetMs: -90_000, boundMs: 50 }, 'host.clock-off', '-90.00 s ± 0.05 s'],
    // A slow way: it may be right.
    [{ offsetMs: 3_000, boundMs: 3_000 }, undefined, '+3.00 s ± 3.00 s'],
  ])('a clock with %o', (clock, code, detail) => {
    const verdict = decideClock(makeSurvey({ clock }))
    expect([verdict?.warning?.code, verdict?.detail]).toEqual([code, detail])
  })

  test('space: the folder that has least counts', () => {
    const path = '/var/lib/libvirt'
    expect(decideSpace(makeSurvey())).toEqual({ warning: null, detail: '/var · 50.0 GiB' })
    const small = decideSpace(
      makeSurvey({
        space: [
          { path, freeKiB: 5_242_879 },
          { path: '/var', freeKiB: 5_242_880 },
        ],
      }),
    )
    expect(small?.warning).toMatchObject({ code: 'host.space-low', params: { path, freeMiB: 5_119 } })
    expect([decideSpace(makeSurvey({ space: [] })), decideSpace(null), decideClock(null)]).toEqual([null, null, null])
  })
})

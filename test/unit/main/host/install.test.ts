import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { decideInstall, decideInstallPlan } from '../../../../src/main/host/install/decide-install-plan.ts'
import { createInstallLogs, createLineCutter, toPrintable } from '../../../../src/main/host/install/install-log.ts'
import {
  asRoot,
  followScript,
  groupScript,
  installBody,
  installCommands,
  lookScript,
  startScript,
  unitsScript,
} from '../../../../src/main/host/install/install-scripts.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeSurvey } from './make-survey.ts'

describe('what is installed', () => {
  test.each([
    [
      'apt',
      'x86_64',
      ['libvirt', 'qemu'],
      'libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils',
      'libvirtd.service',
    ],
    ['apt', 'aarch64', ['qemu'], 'qemu-system-arm qemu-utils', 'libvirtd.service'],
    ['apt', 'riscv64', ['qemu'], 'qemu-system qemu-utils', 'libvirtd.service'],
    ['dnf', 'x86_64', ['libvirt', 'qemu'], 'libvirt-daemon-kvm libvirt-client qemu-kvm qemu-img', 'virtqemud.socket'],
    ['zypper', 'x86_64', ['libvirt'], 'libvirt-daemon-qemu libvirt-client', 'virtqemud.socket'],
  ] as const)('by %s on %s for %j', (packageManager, architecture, lacks, packages, unit) => {
    const plan = decideInstallPlan({ packageManager, architecture, lacks: [...lacks] })
    expect(plan.packages.join(' ')).toBe(packages)
    expect(plan.units).toContain(unit)
    expect(plan.group).toBeNull()
  })

  test('is nothing where only the service or the group lacks', () => {
    const base = { packageManager: 'apt', architecture: 'x86_64' } as const
    expect(decideInstallPlan({ ...base, lacks: ['group'] })).toEqual({ packages: [], units: [], group: 'libvirt' })
    expect(decideInstallPlan({ ...base, lacks: ['service'] })).toMatchObject({ packages: [], group: null })
  })
})

describe('what a host lacks', () => {
  const missing = new AppError('host.libvirt-missing', { address: 'a', tried: 's' })
  const denied = new AppError('host.libvirt-permission', { user: 'u', socket: 's', group: 'libvirt' })
  const down = new AppError('host.libvirt-not-running', { address: 'a', socket: 's' })
  const bare = makeSurvey({ programs: new Set(['bash']) })
  test.each([
    ['nothing installed, as root', bare, missing, ['libvirt', 'qemu']],
    ['nothing installed, by sudo', { ...bare, userId: 1000, hasSudo: true }, missing, ['libvirt', 'qemu', 'group']],
    ['nothing installed, as nobody', { ...bare, userId: 1000, hasSudo: false }, missing, undefined],
    ['no package manager that we know', { ...bare, packageManager: null }, missing, undefined],
    [
      'QEMU alone',
      makeSurvey({ programs: new Set(['virtqemud']) }),
      new AppError('host.no-qemu', { address: 'a' }),
      ['qemu'],
    ],
    ['a daemon that does not run', makeSurvey(), down, ['service']],
    ['a group', makeSurvey({ userId: 1000, hasSudo: true }), denied, ['group']],
    ['nothing', makeSurvey(), null, undefined],
    ['nothing that can be installed', makeSurvey(), new AppError('host.no-qemu', { address: 'a' }), undefined],
  ])('%s', (_what, survey, error, lacks) => {
    expect(decideInstall(survey, error)?.lacks).toEqual(lacks)
  })

  test('is not known where nobody could ask', () => {
    expect(decideInstall(null, missing)).toBeNull()
  })
})

describe('scripts', () => {
  const id = '00000000-0000-4000-8000-000000000001'
  const plan = decideInstallPlan({ packageManager: 'dnf', architecture: 'x86_64', lacks: ['libvirt'] })

  test('name the commands that a person reads', () => {
    expect(installCommands('dnf', plan)).toEqual(['dnf -y install libvirt-daemon-kvm libvirt-client'])
    expect(installCommands('zypper', plan)).toEqual([
      'export ZYPP_LOCK_TIMEOUT=300',
      'zypper --non-interactive install libvirt-daemon-kvm libvirt-client',
    ])
    expect(installCommands('apt', plan).at(-1)).toMatch(/^apt-get .* install libvirt-daemon-kvm libvirt-client$/)
  })

  test('are what a shell can read, one line each', () => {
    const scripts = [
      startScript(id),
      followScript(id),
      lookScript(id),
      unitsScript(plan.units),
      groupScript('kim', 'libvirt'),
    ]
    for (const script of scripts) {
      expect(script).not.toContain('\n')
      for (const form of [script, asRoot(script, false)]) execFileSync('sh', ['-n', '-c', form])
    }
    execFileSync('sh', ['-n'], { input: installBody(id, installCommands('apt', plan)) })
  })

  test.each(['', '-x', 'a b', 'a;b', '$(id)', "a'b", 'a\nb'])('never hold %j', (name) => {
    expect(() => groupScript(name, 'libvirt')).toThrow()
    expect(() => unitsScript([name])).toThrow()
    expect(() => startScript(name)).toThrow()
    expect(() => installCommands('apt', { ...plan, packages: [name] })).toThrow()
  })
})

describe('the log', () => {
  test('comes in lines, however it is cut, and without what moves a cursor', () => {
    const lines: string[] = []
    const cut = createLineCutter((line) => lines.push(line))
    for (const byte of Buffer.from('one\ntwö\n\u001b[31mred\u001b[0m\rX\nrest')) cut(Buffer.from([byte]))
    expect(lines.map(toPrintable)).toEqual(['one', 'twö', 'redX'])
    expect(toPrintable('x'.repeat(1_000))).toHaveLength(300)
  })

  test('keeps the last 500 lines', () => {
    const logs = createInstallLogs({ produce: () => undefined })
    logs.add('unknown', 'never begun')
    expect(logs.lines('unknown')).toEqual([])
    logs.begin('a')
    for (let index = 0; index < 600; index += 1) logs.add('a', `line ${index}`)
    expect(logs.lines('a')).toHaveLength(500)
    expect(logs.lines('a').at(0)).toBe('line 100')
  })
})

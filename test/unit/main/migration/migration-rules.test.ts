import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideUnsafe } from '../../../../src/main/migration/ask-destination.ts'
import { decideWhereabouts } from '../../../../src/main/migration/decide-whereabouts.ts'
import { uriOf } from '../../../../src/main/migration/migration-session.ts'
import {
  type ConvergenceState,
  decideConvergence,
  MIGRATION_POLICIES,
  type MigrationPolicyName,
} from '../../../../src/main/migration/policies.ts'
import { decideProgress } from '../../../../src/main/migration/watch-job.ts'
import { parseMigrationNeeds } from '../../../../src/main/xml/index.ts'

const runs = { state: 'running', reason: 'migrated' } as const
const paused = { state: 'paused', reason: 'user' } as const
const waits = { state: 'paused', reason: 'migration' } as const
const postCopy = { state: 'paused', reason: 'post-copy' } as const
const broken = { state: 'paused', reason: 'post-copy-failed' } as const
const off = { state: 'shut-off', reason: 'migrated' } as const

describe('where a machine is after an interruption', () => {
  test.each([
    [runs, null, 'source'],
    [paused, null, 'source'],
    [runs, waits, 'on-its-way'],
    [waits, waits, 'on-its-way'],
    [waits, runs, 'handed-over'],
    [postCopy, runs, 'handed-over'],
    // What broke off in the middle of post-copy is at the destination, and nowhere else.
    [broken, broken, 'handed-over'],
    [off, runs, 'destination'],
    [null, runs, 'destination'],
    [null, paused, 'destination'],
    [waits, null, 'still'],
    [waits, off, 'still'],
    [runs, runs, 'both'],
    [null, null, 'nowhere'],
    [off, null, 'nowhere'],
    [null, waits, 'nowhere'],
  ] as const)('%j and %j: %s', (source, destination, expected) => {
    expect(decideWhereabouts(source, destination)).toBe(expected)
  })
})

describe('a guest that dirties its memory faster than it is sent', () => {
  const names = Object.keys(MIGRATION_POLICIES) as MigrationPolicyName[]
  /** All moves of a policy over iterations, one look at each. */
  const play = (name: MigrationPolicyName, iterations: readonly number[]) => {
    const policy = MIGRATION_POLICIES[name]
    let state: ConvergenceState = { downtimeMs: policy.firstDowntimeMs, doneAtIteration: 0 }
    return iterations.flatMap((iteration) => {
      const move = decideConvergence(policy, state, iteration)
      if (move.do === 'nothing') return []
      state = { downtimeMs: move.do === 'allow' ? move.downtimeMs : state.downtimeMs, doneAtIteration: iteration }
      return [`${iteration} ${move.do === 'allow' ? move.downtimeMs : move.do}`]
    })
  }
  const upTo = (last: number) => Array.from({ length: last }, (_unused, index) => index + 1)

  test('minimal downtime allows half a second at most, and then gives up', () => {
    expect(play('minimal-downtime', upTo(13))).toEqual(['2 150', '3 200', '4 300', '5 400', '7 500', '13 abort'])
  })

  test('post-copy lets it run at the destination soon', () => {
    expect(play('post-copy', upTo(6))).toEqual(['2 150', '3 200', '4 post-copy', '5 post-copy', '6 post-copy'])
  })

  test('at most one step a look, and only in a new iteration; downtimes only grow', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(fc.nat(20), { maxLength: 40 }), (name, jumps) => {
        let iteration = 0
        const iterations = jumps.map((jump) => (iteration += jump))
        const moves = play(name, iterations)
        const at = moves.map((move) => Number(move.split(' ')[0]))
        expect(new Set(at).size).toBe(at.length)
        const downtimes = moves.map((move) => Number(move.split(' ')[1])).filter((ms) => !Number.isNaN(ms))
        expect(downtimes).toEqual([...downtimes].sort((one, other) => one - other))
      }),
    )
  })
})

test('what libvirt tells of the job', () => {
  expect(
    decideProgress({
      data_total: 1024n * 1024n * 100n,
      data_remaining: 1024n * 1024n * 25n,
      memory_iteration: 3n,
      memory_bps: 1024n * 1024n * 10n,
    }),
  ).toEqual({
    fraction: 0.75,
    iteration: 3,
    remainingMiB: 25,
    mibPerSecond: 10,
    remainingSeconds: 3,
    throttlePercent: 0,
  })
  expect(decideProgress({}).fraction).toBeNull()
})

test('an address as QEMU takes it', () => {
  expect([uriOf('10.0.0.2'), uriOf('fd00::2'), uriOf('node2.lab')]).toEqual([
    'tcp://10.0.0.2',
    'tcp://[fd00::2]',
    'tcp://node2.lab',
  ])
})

describe('what a machine needs at another host', () => {
  const xml = `<domain type='kvm'><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><kernel>/boot/k</kernel></os>
    <cpu mode='custom'><model>EPYC</model></cpu><devices><emulator>/usr/bin/q</emulator>
    <disk type='file' device='disk'><driver cache='none'/><source file='/data/a'/><target dev='vda'/></disk>
    <disk type='file' device='cdrom'><source file='/iso/a.iso'/><readonly/></disk>
    <disk type='file' device='cdrom'/>
    <interface type='bridge'><source bridge='br0'/></interface><interface type='bridge'><source bridge='br0'/></interface>
    <interface type='bridge'><source bridge='ovs'/><virtualport type='openvswitch'/></interface></devices></domain>`

  test('is read from its definition', () => {
    expect(parseMigrationNeeds(xml)).toEqual({
      disks: [{ path: '/data/a', target: 'vda', cache: 'none', shareable: false, isFile: true }],
      files: ['/boot/k', '/iso/a.iso'],
      bridges: ['br0'],
      domainType: 'kvm',
      architecture: 'x86_64',
      machineType: 'pc-q35-7.2',
      emulator: '/usr/bin/q',
      cpuXml: "<cpu mode='custom'><model>EPYC</model></cpu>",
    })
    expect(() => parseMigrationNeeds('<network/>')).toThrow('expected <domain>')
  })

  test.each([
    ['none', true, true],
    ['directsync', true, true],
    ['writeback', true, false],
    [null, true, false],
    ['none', false, false],
  ] as const)('a disk with cache %s on storage proved shared %s: libvirt overruled %s', (cache, isShared, expected) => {
    const needs = { ...parseMigrationNeeds(xml), disks: [{ path: '/data/a', cache, shareable: false }] }
    expect(decideUnsafe(needs, () => isShared)).toBe(expected)
  })

  test('without disks there is nothing to overrule', () => {
    expect(decideUnsafe({ ...parseMigrationNeeds(xml), disks: [] }, () => true)).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import {
  buildClusterCpu,
  decideClusterFit,
  decideLevelGiven,
  type MemberCpu,
} from '../../../../src/main/cluster/cpu/decide-cluster-cpu.ts'
import { parseMissingFeatures } from '../../../../src/main/cluster/cpu/host-cpu.ts'
import { buildCpuXml, parseCpu, parseHostModelCpu, parseUnusableModels } from '../../../../src/main/xml/index.ts'
import type { HostId, HostStatus } from '../../../../src/shared/domain/index.ts'

const cluster = { name: 'blue', cpuModel: 'EPYC' }
const member = (
  name: string,
  verdict: MemberCpu['verdict'],
  knownModels: readonly string[] | null = [],
): MemberCpu => ({
  hostId: name as HostId,
  name,
  verdict,
  cpu:
    knownModels === null
      ? null
      : { architecture: 'x86_64', domainType: 'kvm', hostModel: null, knownModels, unusableModels: [] },
})

describe('what libvirt says of a CPU', () => {
  const capabilities = `<domainCapabilities><cpu><mode name='host-passthrough' supported='yes'/>
    <mode name='host-model' supported='yes'><model fallback='forbid'>EPYC</model><vendor>AMD</vendor>
    <feature policy='require' name='vaes'/><feature policy='disable' name='sha-ni'/>
    <feature policy='require' name="x'/&gt;&lt;evil"/></mode></cpu></domainCapabilities>`

  test('is read from domain capabilities, without what no CPU is called', () => {
    const cpu = parseHostModelCpu(capabilities)
    expect(cpu).toEqual({ model: 'EPYC', vendor: 'AMD', required: ['vaes'], disabled: ['sha-ni'] })
    expect(
      parseHostModelCpu(capabilities.replace("'host-model' supported='yes'", "'host-model' supported='no'")),
    ).toBeNull()
    expect(parseHostModelCpu('<domainCapabilities/>')).toBeNull()
  })

  test('names the models that guests cannot have', () => {
    const custom = `<mode name='custom' supported='yes'><model usable='no'>EPYC-Rome</model><model usable='yes'>qemu64</model>
      <model usable='no'>x'/&gt;</model><model usable='unknown'>athlon</model></mode>`
    expect(parseUnusableModels(capabilities.replace('</cpu>', `${custom}</cpu>`))).toEqual(['EPYC-Rome'])
    expect(parseUnusableModels(capabilities)).toEqual([])
  })

  test('comes back as it was written', () => {
    const cpu = { model: 'EPYC', vendor: 'AMD', required: ['vaes', 'pku'], disabled: ['sha-ni'] }
    expect(parseCpu(buildCpuXml(cpu))).toEqual(cpu)
    expect(parseCpu("<cpu mode='host-passthrough'/>")).toBeNull()
  })

  test.each([
    [
      'the CPU is incompatible with host CPU: Host CPU does not provide required features: pcid, sse4.1, tsc-deadline',
      3,
    ],
    ['CPU 与主机 CPU 不兼容: 主机 CPU 不提供所需功能: pcid', 1],
    ['the CPU is incompatible with host CPU: host CPU vendor does not match required CPU vendor Intel', 0],
    ['the CPU is incompatible with host CPU', 0],
    ['', 0],
  ])('names the flags in %j', (message, count) => {
    expect(parseMissingFeatures(message)).toHaveLength(count)
  })
})

describe('a host in a cluster', () => {
  test.each([
    ['that nobody asked yet may run VMs', null, 'EPYC', undefined],
    ['that has all may', { kind: 'fits' }, 'EPYC', undefined],
    ['that lacks flags may not', { kind: 'lacks', missing: ['pku', 'vaes'] }, 'EPYC', 'host.cpu-below-level'],
    ['that does not know the model may not', { kind: 'unknown-model' }, 'EPYC', 'host.cpu-model-unknown'],
    ['always may where the level is what the hosts have', { kind: 'lacks', missing: [] }, null, undefined],
  ] as const)('%s', (_what, verdict, cpuModel, code) => {
    const refusal = decideClusterFit(member('one', verdict), { ...cluster, cpuModel })
    expect(refusal?.code).toBe(code)
    if (code === 'host.cpu-below-level') {
      expect(refusal?.params).toEqual({ name: 'one', clusterName: 'blue', model: 'EPYC', missing: 'pku, vaes' })
    }
  })
})

describe('a level that is chosen', () => {
  const lacks = { kind: 'lacks', missing: ['pku', 'vaes'] } as const
  const host = (name: string, status: HostStatus, verdict: MemberCpu['verdict']) => ({
    ...member(name, verdict),
    status,
  })

  test.each<[string, HostStatus, MemberCpu['verdict'], boolean]>([
    ['in use and lacks flags', 'up', lacks, false],
    ['away and lacks flags', 'non-responsive', lacks, false],
    ['in maintenance and lacks flags', 'maintenance', lacks, true],
    ['out of use as it fell short before', 'non-operational', lacks, true],
    ['in use and has all', 'up', { kind: 'fits' }, true],
    ['in use and was never asked', 'up', null, true],
  ])('with a host that is %s', (_what, status, verdict, isGiven) => {
    expect(decideLevelGiven(cluster, [host('one', status, verdict)])?.code).toBe(
      isGiven ? undefined : 'cluster.cpu-above-hosts',
    )
  })

  test('names the hosts with what each lacks, the first of many', () => {
    const two = [host('one', 'up', lacks), host('two', 'up', { kind: 'lacks', missing: [] }), host('three', 'up', null)]
    expect(decideLevelGiven(cluster, two)?.params).toMatchObject({
      count: 2,
      hosts: 'one (pku, vaes); two (?)',
      references: [{ id: 'one' }, { id: 'two' }],
    })
    const many = Array.from({ length: 23 }, (_unused, index) => host(`n${index}`, 'up', lacks))
    expect(decideLevelGiven(cluster, many)?.params).toMatchObject({ count: 23, hosts: expect.stringMatching(/; \+3$/) })
  })
})

describe('the level of a cluster', () => {
  const detected = { model: 'Nehalem', vendor: 'Intel', required: ['aes'], disabled: ['vme'] }

  test('is what was chosen, with those who fall short of it', () => {
    const members = [
      member('one', { kind: 'fits' }, ['qemu64', 'EPYC']),
      member('two', { kind: 'lacks', missing: ['pku'] }, ['EPYC', 'Nehalem']),
      member('old', { kind: 'unknown-model' }, ['EPYC', 'qemu64']),
      member('away', null, null),
    ]
    expect(buildClusterCpu('EPYC', detected, members)).toEqual({
      source: 'chosen',
      model: 'EPYC',
      vendor: null,
      extraFeatures: [],
      lackingFeatures: [],
      // What every host knows that told.
      knownModels: ['EPYC'],
      shortOf: [
        { hostId: 'two', hostName: 'two', reason: 'lacks', missing: ['pku'] },
        { hostId: 'old', hostName: 'old', reason: 'unknown-model', missing: [] },
      ],
    })
  })

  test('else is what was detected, of which no host falls short', () => {
    expect(buildClusterCpu(null, detected, [member('one', { kind: 'lacks', missing: [] })])).toMatchObject({
      source: 'detected',
      model: 'Nehalem',
      vendor: 'Intel',
      extraFeatures: ['aes'],
      lackingFeatures: ['vme'],
      shortOf: [],
    })
    expect(buildClusterCpu(null, null, [])).toMatchObject({ source: 'detected', model: null, knownModels: [] })
  })
})

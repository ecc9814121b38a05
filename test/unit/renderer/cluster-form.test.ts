import { describe, expect, it } from 'vitest'
import { shareOf } from '../../../src/renderer/components/share.ts'
import {
  type ClusterForm,
  changedSettings,
  clusterFormSchema,
  emptyClusterForm,
  fieldOfError,
  findSharedRanges,
  formOfCluster,
  toCreate,
  toEdit,
} from '../../../src/renderer/features/clusters/cluster-form.ts'
import { clusterTone, decideClusterState } from '../../../src/renderer/features/clusters/status.ts'
import { commands } from '../../../src/shared/contract/index.ts'
import { INVENTED_DATACENTER, inventCluster, inventError } from './invented.ts'

const empty = emptyClusterForm(INVENTED_DATACENTER)
const named = { ...empty, name: ' lab ' }

/** What is wrong with a form, by field. */
function problems(change: Partial<ClusterForm>): Record<string, string> {
  const result = clusterFormSchema.safeParse({ ...named, ...change })
  return result.success
    ? {}
    : Object.fromEntries(result.error.issues.map(({ path, message }) => [path.join('.'), message]))
}

describe('the form of a cluster', () => {
  it('is complete with a name: the rest has defaults, and only what is not one is sent', () => {
    expect(problems({})).toEqual({})
    expect(toCreate(named)).toEqual({ datacenterId: INVENTED_DATACENTER, name: 'lab' })
    const input = toCreate({ ...named, memoryOvercommitPercent: '150', ballooning: 'off', machineType: ' q35 ' })
    expect(input).toEqual({
      datacenterId: INVENTED_DATACENTER,
      name: 'lab',
      memoryOvercommitPercent: 150,
      ballooning: false,
      machineType: 'q35',
    })
    expect(commands['cluster.create'].input.safeParse(input).success).toBe(true)
  })

  it.each<[Partial<ClusterForm>, Record<string, string>]>([
    [{ name: '  ' }, { name: 'clusters:form.nameMissing' }],
    [{ name: 'x'.repeat(65) }, { name: 'clusters:form.tooLong' }],
    [{ datacenterId: '' }, { datacenterId: 'clusters:form.datacenterMissing' }],
    [{ machineType: 'a b' }, { machineType: 'clusters:form.notLibvirtName' }],
    [{ macFrom: '56:6f:00:00:00:00' }, { macTo: 'clusters:form.macWrong' }],
    [{ macFrom: 'nonsense', macTo: '56:6f:00:00:00:00' }, { macFrom: 'clusters:form.macWrong' }],
    [{ macFrom: '56:6f:00:00:00:09', macTo: '56:6f:00:00:00:00' }, { macTo: 'clusters:form.macOrder' }],
    [{ macFrom: '57:6f:00:00:00:00', macTo: '57:6f:00:00:00:09' }, { macFrom: 'clusters:form.macMulticast' }],
    [{ macFrom: '56-6F-00-00-00-00', macTo: '56:6f:00:00:00:ff' }, {}],
  ])('%j is told at its field', (change, expected) => {
    expect(problems(change)).toEqual(expected)
  })

  it('of a cluster that is there sends what was changed, and nothing else', () => {
    const cluster = inventCluster(1)
    const form = formOfCluster(cluster)
    expect(clusterFormSchema.safeParse(form).success).toBe(true)
    expect(toEdit(cluster, form)).toEqual({ clusterId: cluster.id })
    expect(toEdit(cluster, { ...form, name: 'other', cpuModel: 'EPYC', migrationPolicy: 'post-copy' })).toEqual({
      clusterId: cluster.id,
      name: 'other',
      cpuModel: 'EPYC',
      migrationPolicy: 'post-copy',
    })
    const chosen = inventCluster(1, { settings: { ...cluster.settings, cpuModel: 'EPYC' } })
    expect(changedSettings({ ...formOfCluster(chosen), cpuModel: '' }, chosen.settings)).toEqual({ cpuModel: null })
  })

  it('names the clusters whose addresses it would share', () => {
    const others = [1, 2].map((number) => {
      const cluster = inventCluster(number)
      const macRange = { from: `56:6f:00:0${number}:00:00`, to: `56:6f:00:0${number}:ff:ff` }
      return { ...cluster, name: `cluster-${number}`, settings: { ...cluster.settings, macRange } }
    })
    const shared = (macFrom: string, macTo: string) => findSharedRanges({ macFrom, macTo }, others)
    expect(shared('56:6F:00:01:FF:FF', '56:6f:00:02:00:00')).toEqual(['cluster-1', 'cluster-2'])
    expect(shared('56:6f:00:03:00:00', '56:6f:00:03:ff:ff')).toEqual([])
    expect(shared('', '')).toEqual([])
    expect(shared('56:6f:00:01:00:00', 'nonsense')).toEqual([])
  })

  it('shows a refusal at the field that it is about', () => {
    expect(fieldOfError(inventError('cluster.name-taken', { name: 'lab' }))).toBe('name')
    expect(fieldOfError(inventError('cluster.cpu-model-unknown'))).toBe('cpuModel')
    expect(fieldOfError(inventError('cluster.no-mac-range'))).toBe('macFrom')
    expect(fieldOfError(inventError('cluster.not-found'))).toBeNull()
  })
})

describe('the mark of a cluster', () => {
  const hostProblem = (severity: 'error' | 'warning') => ({
    severity,
    error: inventError('ssh.unreachable'),
    subject: { kind: 'host' as const, id: 'h', name: 'node1' },
  })
  it.each([
    ['no host', {}, [], 'empty', 'off'],
    ['all up', { up: 2 }, [], 'up', 'ok'],
    ['all up, one with a problem', { up: 2 }, [hostProblem('warning')], 'up', 'warning'],
    ['one of two', { up: 1, connecting: 1 }, [hostProblem('error')], 'partly-up', 'warning'],
    ['one in maintenance', { up: 1, maintenance: 1 }, [], 'partly-up', 'ok'],
    ['all lost', { connecting: 2 }, [hostProblem('error')], 'none-up', 'bad'],
    ['all in maintenance', { maintenance: 2 }, [], 'none-up', 'paused'],
  ] as const)('with %s', (_what, hostsByStatus, found, state, tone) => {
    const hostCount = Object.values<number>(hostsByStatus).reduce((sum, count) => sum + count, 0)
    const cluster = inventCluster(1, {
      population: { hostCount, hostsByStatus, vmCount: 0, vmsByStatus: {} },
      problems: [...found],
      problemCount: found.length,
    })
    expect(decideClusterState(cluster)).toBe(state)
    expect(clusterTone(cluster)).toBe(tone)
  })
})

describe('a part of a whole', () => {
  it.each([
    [null, 10, null],
    [5, 0, null],
    [5, 10, { percent: 50, level: 'normal' }],
    [8, 10, { percent: 80, level: 'high' }],
    [19, 10, { percent: 190, level: 'full' }],
  ] as const)('%j of %i', (part, whole, expected) => {
    expect(shareOf(part, whole)).toEqual(expected)
  })
})

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Cluster, HostId } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

/** QEMU's emulated CPU has more than this one on every machine, and not all of that one. */
const LOW = 'qemu64'
const HIGH = 'Snowridge'
/** Of both hosts. */
const nowhereForCpu = {
  code: 'vm.no-host',
  params: { refusals: [{ error: { code: 'host.cpu-below-level' } }, { error: { code: 'host.cpu-below-level' } }] },
}

function clusterOf(bench: VmBench): Cluster {
  bench.composed.topics.flush()
  const [cluster] = bench.composed.topics.model().clusters.values()
  if (cluster === undefined) throw new Error('the inventory has no cluster')
  return cluster
}

/** Waits until the cluster is as asked for. */
function clusterSeen(bench: VmBench, what: string, check: (cluster: Cluster) => boolean): Promise<Cluster> {
  return waitFor(what, () => {
    const cluster = clusterOf(bench)
    return check(cluster) ? cluster : undefined
  })
}

describe('clusters of real hosts', () => {
  let lab: Lab
  let bench: VmBench
  let hostIds: readonly HostId[]

  beforeAll(async () => {
    lab = await startLab({ hosts: 2 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    bench = await startVmBench()
    hostIds = [await bench.addHost(lab.host), await bench.addHost(lab.hosts[1] ?? lab.host)]
  })
  afterEach(async () => {
    await bench.stop()
  })

  const statuses = () => hostIds.map((id) => bench.hosts().find((host) => host.id === id)?.status)

  test('have a CPU level that is found, or chosen; a host that falls short of it runs no VMs', async () => {
    const { cpu } = await clusterSeen(bench, 'the level is found', (cluster) => cluster.cpu.model !== null)
    expect(cpu).toMatchObject({ source: 'detected', shortOf: [] })
    expect(cpu.knownModels).toEqual(expect.arrayContaining([LOW, HIGH]))
    expect(statuses()).toEqual(['up', 'up'])

    const clusterId = clusterOf(bench).id
    expect(await bench.refusal('cluster.edit', { clusterId, cpuModel: 'EPICC' })).toMatchObject({
      code: 'cluster.cpu-model-unknown',
    })
    const above = await waitFor('what lacks is known', async () => {
      const error = await bench.refusal('cluster.edit', { clusterId, cpuModel: HIGH })
      return error.params.count !== 2 || String(error.params.hosts).includes('?') ? undefined : error
    })
    expect(above).toMatchObject({ code: 'cluster.cpu-above-hosts', params: { model: HIGH, count: 2 } })
    const { hosts } = above.params
    for (const { name } of bench.hosts())
      expect(hosts).toMatch(new RegExp(`${name} \\([a-z0-9_.-]+(, [a-z0-9_.-]+)*\\)`))
    // It is what a disabled button would say, too.
    const [verdict] = bench.composed.engine.canRun(KIM, [
      { command: 'cluster.edit', input: { clusterId, cpuModel: HIGH } },
    ])
    expect(verdict).toMatchObject({ code: 'cluster.cpu-above-hosts' })
    // Out of use they are no obstacle; in use again, they are not operational.
    await bench.call('host.maintenance', { hostIds })
    await bench.call('cluster.edit', { clusterId, cpuModel: HIGH })
    await bench.call('host.activate', { hostIds })
    const { cpu: high, problems } = await clusterSeen(
      bench,
      'both fall short',
      ({ cpu: { shortOf }, population }) => shortOf.length === 2 && population.hostsByStatus['non-operational'] === 2,
    )
    expect(high).toMatchObject({ source: 'chosen', model: HIGH })
    for (const { reason, missing } of high.shortOf) {
      expect(reason).toBe('lacks')
      expect(missing.length).toBeGreaterThan(0)
    }
    expect(problems.map(({ error, subject }) => [error.code, subject.kind])).toContainEqual([
      'host.cpu-below-level',
      'host',
    ])
    expect(bench.hosts()[0]?.statusError).toMatchObject({ code: 'host.cpu-below-level', params: { model: HIGH } })
    await lab.host.defineVm(guestXml({ name: 'stays', boots: 'firmware' }))
    const { id: vmId } = await bench.seen('stays', 'down')
    expect(await bench.refusal('vm.start', { vmId })).toMatchObject(nowhereForCpu)

    await bench.call('cluster.edit', { clusterId, cpuModel: LOW })
    await clusterSeen(bench, 'both fit again', ({ population }) => population.hostsByStatus.up === 2)
    expect(clusterOf(bench).cpu.shortOf).toEqual([])
  })

  test('count what their hosts have and what is promised to VMs, and are not removed with hosts in them', async () => {
    await lab.host.defineVm(guestXml({ name: 'counted', boots: 'firmware' }))
    const { capacity } = await clusterSeen(
      bench,
      'the VM is counted',
      ({ population, capacity: { memoryKiB } }) => population.vmsByStatus.down === 1 && memoryKiB > 0,
    )
    const vm = bench.vm('counted')
    expect(vm?.clusterId).toBe(clusterOf(bench).id)
    expect(capacity).toMatchObject({
      cpus: bench.hosts().reduce((sum, { facts }) => sum + (facts?.cpus ?? 0), 0),
      committedMemoryKiB: vm?.maxMemoryKiB,
      committedVcpus: vm?.maxVcpus,
      runningVcpus: 0,
    })
    const { compatibility } = await clusterSeen(
      bench,
      'its load is shown',
      ({ capacity: { cpuUsedPercent, memoryUsedKiB } }) => cpuUsedPercent !== null && memoryUsedKiB !== null,
    )
    const { libvirtVersion, hypervisorVersion } = bench.hosts()[0]?.facts ?? {}
    expect(compatibility).toMatchObject({ libvirtVersion, hypervisorVersion })
    expect(await bench.refusal('cluster.remove', { clusterId: clusterOf(bench).id })).toMatchObject({
      code: 'cluster.not-empty',
      params: { count: 2, references: hostIds.map((id) => ({ kind: 'host', id })) },
    })
  })

  test('give a host in maintenance to another cluster, its VMs with it', async () => {
    await lab.host.defineVm(guestXml({ name: 'movable', boots: 'firmware' }))
    await bench.seen('movable', 'down')
    const [hostId] = hostIds
    const { id: firstId, datacenterId } = clusterOf(bench)
    const { clusterId } = await bench.call<{ clusterId: string }>('cluster.create', { datacenterId, name: 'blue' })
    expect(await bench.refusal('host.move', { hostId, clusterId })).toMatchObject({ code: 'host.not-in-maintenance' })
    await bench.call('host.maintenance', { hostId })
    await bench.call('host.move', { hostId, clusterId })
    await bench.call('host.activate', { hostId })
    await waitFor('it is up in its new cluster', () =>
      bench.hosts().find((host) => host.id === hostId && host.clusterId === clusterId && host.status === 'up'),
    )
    expect(bench.vm('movable')?.clusterId).toBe(clusterId)
    const old = await clusterSeen(
      bench,
      'the old cluster has one host',
      (cluster) => cluster.population.hostCount === 1,
    )
    expect([old.id, old.population.vmCount]).toEqual([firstId, 0])
  })

  test('of two engines on the same hosts are each engine’s own, and neither harms the other', async () => {
    const other = await startVmBench()
    try {
      const [, secondHost] = lab.hosts
      const { datacenterId } = await other.call<{ datacenterId: string }>('datacenter.create', { name: 'Seoul' })
      const { clusterId } = await other.call<{ clusterId: string }>('cluster.create', { datacenterId, name: 'blue' })
      await other.addHost(lab.host, { clusterId })
      const secondId = await other.addHost(secondHost ?? lab.host, { clusterId, name: 'second' })
      await lab.host.defineVm(guestXml({ name: 'shared', boots: 'firmware' }))
      await Promise.all([bench.seen('shared', 'down'), other.seen('shared', 'down')])
      expect([bench.vm('shared')?.clusterId, other.vm('shared')?.clusterId]).toEqual([clusterOf(bench).id, clusterId])

      // What one of them does to a machine, the other one sees; what it keeps for itself, it does not.
      await other.call('vm.start', { vmId: other.vm('shared')?.id })
      await bench.seen('shared', 'up')
      await other.call('vm.poweroff', { vmId: other.vm('shared')?.id })
      await other.call('host.maintenance', { hostIds: other.hosts().map(({ id }) => id) })
      await other.call('cluster.edit', { clusterId, cpuModel: HIGH })
      await other.call('host.activate', { hostIds: other.hosts().map(({ id }) => id) })
      await waitFor('the other engine does not use them', () =>
        other.hosts().every(({ status }) => status === 'non-operational') ? true : undefined,
      )
      expect(await other.refusal('vm.start', { vmId: other.vm('shared')?.id })).toMatchObject(nowhereForCpu)
      await bench.call('vm.start', { vmId: bench.vm('shared')?.id })
      expect(statuses()).toEqual(['up', 'up'])
      await other.call('host.maintenance', { hostId: secondId })
      await other.call('host.remove', { hostId: secondId })
      expect(statuses()).toEqual(['up', 'up'])
      expect(bench.vm('shared')?.status).toBe('up')
      await bench.call('vm.poweroff', { vmId: bench.vm('shared')?.id })
    } finally {
      await other.stop()
    }
    // Nor does its end.
    await lab.host.virsh(['start', 'shared'])
    await bench.seen('shared', 'up')
    expect(statuses()).toEqual(['up', 'up'])
  })
})

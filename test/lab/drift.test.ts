import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Drift, HostId, VmId } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const UUID = '6f2a5c1e-0000-4000-8000-00000000d41f' as VmId
const OTHER_MACHINE = '6f2a5c1e-0000-4000-8000-00000000beef'

describe('what is changed on hosts by others', () => {
  let lab: Lab
  let bench: VmBench
  let hostId: HostId

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    bench = await startVmBench()
  })
  afterEach(async () => {
    await bench.stop()
  })

  const define = (memoryMiB: number) =>
    lab.host.defineVm(guestXml({ name: 'web', uuid: UUID, boots: 'firmware', memoryMiB }))
  const drifts = (from = bench): readonly Drift[] => [...from.composed.topics.collection('drifts').entities.values()]
  const drift = (from = bench) => waitFor('it drifts', () => drifts(from)[0])
  const equal = (from = bench) => waitFor('it is as known', () => drifts(from).length === 0)
  const versions = async (id: string, from = bench) => {
    const known = new Map<string, string | null>()
    const address = { topic: 'drift.versions', key: id }
    const { unsubscribe } = from.composed.topics.subscribe(address, (frame) => {
      if (frame.t === 'closed') return
      const entities = frame.t === 'snapshot' ? frame.entities : frame.upsert
      for (const entity of entities) known.set(entity.id, (entity as { xml?: string }).xml ?? null)
    })
    await waitFor('both versions', () => known.size === 2)
    unsubscribe()
    return known
  }
  /** The inventory holds the definition: what differs from now on is seen to differ. */
  const kept = () =>
    waitFor('its definition is kept', async () => (await bench.inventory.vmDefinitions.fetchForVm(UUID)).length > 0)

  test('while the engine looks: both versions are kept, accepted as they were seen, and gone when equal again', async () => {
    await define(32)
    hostId = await bench.addHost(lab.host)
    const vm = await bench.seen('web', 'down')
    await kept()
    // What we do ourselves, and what a run does, is no drift.
    await bench.call('vm.autostart', { vmId: vm.id, enabled: true })
    await bench.call('vm.start', { vmId: vm.id })
    await bench.call('vm.poweroff', { vmId: vm.id })
    await bench.call('vm.autostart', { vmId: vm.id, enabled: false })
    await define(48)
    const first = await drift()
    expect(first).toMatchObject({
      id: `${UUID}@${hostId}`,
      hostId,
      vmId: UUID,
      name: 'web',
      machine: null,
      changes: [{ what: 'memory', now: 32 * 1024, next: 48 * 1024 }],
    })
    const texts = await versions(first.id)
    expect(texts.get('known')).toContain(`<memory unit='KiB'>${32 * 1024}</memory>`)
    expect(texts.get('now')).toContain(`<memory unit='KiB'>${48 * 1024}</memory>`)
    await define(64)
    const second = await waitFor('the next change', () => drifts().find(({ revision }) => revision !== first.revision))
    expect(second).toMatchObject({ noticedAt: first.noticedAt, changes: [{ now: 32 * 1024, next: 64 * 1024 }] })
    const unseen = { drifts: [{ id: first.id, revision: first.revision }] }
    expect(await bench.refusal('drift.accept', unseen)).toMatchObject({ code: 'drift.changed-meanwhile' })
    await define(32)
    await equal()
    await define(48)
    const { id, revision } = await drift()
    expect(await bench.call('drift.accept', { drifts: [{ id, revision }] })).toEqual({ accepted: 1 })
    expect(drifts()).toEqual([])
    expect(bench.trail('web')).toContainEqual(
      expect.objectContaining({ kind: 'command.succeeded', command: 'drift.accept', user: 'kim' }),
    )
    expect(await bench.refusal('drift.accept', { drifts: [{ id }] })).toMatchObject({ code: 'drift.not-found' })
    await lab.host.virsh(['undefine', 'web'])
    await waitFor('it is gone', () => bench.vm('web') === undefined)
  })

  test('while the engine is down: it is found at the next start, stays over another, and goes with the machine', async () => {
    await define(32)
    await bench.addHost(lab.host)
    await bench.seen('web', 'down')
    await kept()
    await bench.composed.stop()
    await define(48)
    const later = await startVmBench(bench.dataDir)
    try {
      expect(await drift(later)).toMatchObject({ changes: [{ what: 'memory', now: 32 * 1024, next: 48 * 1024 }] })
      expect(later.trail('web').map(({ kind }) => kind)).toContain('vm.drifted')
    } finally {
      await later.composed.stop()
    }
    await lab.host.killSshd()
    const away = await startVmBench(bench.dataDir)
    try {
      // The host cannot be asked, and what is known of it is there all the same.
      const { id, revision } = await drift(away)
      expect((await versions(id, away)).get('known')).toContain(`${32 * 1024}</memory>`)
      await lab.host.startSshd()
      await waitFor('it is reached', () => away.hosts()[0]?.status === 'up')
      expect(drifts(away)).toMatchObject([{ id, revision }])
      await lab.host.virsh(['undefine', 'web'])
      await equal(away)
    } finally {
      await away.composed.stop()
    }
  })

  test('another machine in the place of the one that was added is told, and can be accepted', async () => {
    const conf = '/etc/libvirt/libvirtd.conf'
    const own = (await lab.host.exec(`cat ${conf}`)).stdout
    hostId = await bench.addHost(lab.host)
    const known = await waitFor('its facts', () => bench.hosts()[0]?.facts?.uuid)
    try {
      await lab.host.terminateLibvirtd()
      await lab.host.exec(`sed -i 's/^host_uuid.*/host_uuid = "${OTHER_MACHINE}"/' ${conf}`)
      await lab.host.startLibvirtd()
      expect(await drift()).toMatchObject({ id: hostId, vmId: null, machine: { known, now: OTHER_MACHINE } })
      expect(bench.trail(lab.host.name).map(({ kind }) => kind)).toContain('host.drifted')
      await bench.call('drift.accept', { drifts: [{ id: hostId, revision: OTHER_MACHINE }] })
      expect(drifts()).toEqual([])
    } finally {
      await lab.host.exec(`cat > ${conf}`, { input: own })
      await lab.host.terminateLibvirtd()
      await lab.host.startLibvirtd()
    }
    expect(await drift()).toMatchObject({ machine: { known: OTHER_MACHINE, now: known } })
  })
})

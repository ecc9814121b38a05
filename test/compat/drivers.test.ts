import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LibvirtConnection } from '../../src/main/hosts/index.ts'
import { openLibvirt } from '../../src/main/libvirt/index.ts'
import { waitFor } from '../lab/command.ts'
import { guestXml } from '../lab/guest-xml.ts'
import { type LinkBench, startLinkBench } from '../lab/host-link-bench.ts'
import { type Lab, startLab } from '../lab/lab.ts'

/**
 * `direct`: root reaches each daemon at its own socket. `proxied`: a member of the group libvirt reaches virtproxyd alone, which
 * passes everything on.
 */
const ways = [
  { way: 'direct', user: 'root' },
  { way: 'proxied', user: 'admin' },
] as const
const SHORT_KEEPALIVE = { keepalive: { intervalMs: 1_000, count: 2 } }
const POOL = 'compat'

describe.for(ways)('drivers with daemons of their own, $way', ({ way, user }) => {
  let lab: Lab
  let bench: LinkBench

  const named = (name: string) => [...bench.link.domains.values()].find((record) => record.name === name)
  const stateOf = (name: string) => named(name)?.state
  const statusOf = (family: 'storage' | 'network') => bench.link.family(family).state.status
  const hasPool = () => bench.link.pools.values.some(({ name }) => name === POOL)

  beforeAll(async () => {
    lab = await startLab({ hosts: 1, host: { libvirt: 'virtproxyd' } })
    if (way === 'proxied') await lab.host.exec('chmod 0700 /run/libvirt/virt*d-sock')
    await lab.host.exec(`mkdir -p /run/${POOL} /run/second`)
    await lab.host.virsh(['pool-create-as', POOL, 'dir', '--target', `/run/${POOL}`])
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    bench = await startLinkBench(lab.host, { ...SHORT_KEEPALIVE, user })
    await bench.link.whenLive(20_000)
    expect(bench.link.state).toMatchObject({ status: 'up', error: null })
    await waitFor('the pool is listed', hasPool)
    await waitFor('the networks are listed', () => statusOf('network') === 'up')
  })
  afterEach(async () => {
    await bench.stop()
  })

  test('virtqemud killed and started again: the link is lost, and sees what happens afterwards', async () => {
    await lab.host.killDaemon('virtqemud')
    await waitFor('the link is lost', () => bench.link.state.stale)
    await lab.host.startDaemon('virtqemud')
    if (way === 'proxied') await lab.host.exec('chmod 0700 /run/libvirt/virtqemud-sock')
    await waitFor('the link is back', () => bench.link.state.status === 'up')
    await lab.host.defineVm(guestXml({ name: 'after', boots: 'firmware' }))
    await waitFor('after is seen', () => stateOf('after') === 'shut-off')
  })

  test('virtstoraged that hangs blocks no machine, and its pools stay as they were known', async () => {
    await lab.host.defineVm(guestXml({ name: 'web', boots: 'firmware' }))
    await lab.host.virsh(['start', 'web'])
    await waitFor('web runs', () => stateOf('web') === 'running')
    await lab.host.stopDaemon('virtstoraged')
    try {
      // More calls than a connection has slots.
      const call = bench.link.family('storage').call
      const calls = Array.from({ length: 6 }, () => call('CONNECT_NUM_OF_STORAGE_POOLS', {}, { timeoutMs: 2_000 }))
      const outcomes = await Promise.allSettled(calls)
      expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
      await lab.host.virsh(['suspend', 'web'])
      await waitFor('web is seen as paused', () => stateOf('web') === 'paused')
      await bench.link
        .control()
        .call('DOMAIN_DESTROY_FLAGS', { dom: { name: 'web', uuid: uuidOf('web'), id: -1 }, flags: 0 })
      await waitFor('web is seen as stopped', () => stateOf('web') === 'shut-off')
      await waitFor('storage is said to fail', () => statusOf('storage') !== 'up')
      expect(bench.link.state).toMatchObject({ status: 'up', stale: false })
      expect(statusOf('network')).toBe('up')
      expect(bench.link.pools).toMatchObject({ values: [{ name: POOL }], stale: true })
    } finally {
      await lab.host.contDaemon('virtstoraged')
    }
    await waitFor('storage is back', () => statusOf('storage') === 'up')
    expect(bench.link.pools).toMatchObject({ values: [{ name: POOL }], stale: false })
  })

  test('virtstoraged killed and started again is connected to anew', async () => {
    await lab.host.killDaemon('virtstoraged')
    if (way === 'direct') await waitFor('the pools are stale', () => bench.link.pools.stale)
    const calling = bench.link.family('storage').call('CONNECT_NUM_OF_STORAGE_POOLS', {})
    await expect(calling).rejects.toMatchObject({ code: expect.stringMatching(/^(host\.driver-|libvirt\.)/) })
    await waitFor('it is said to be absent', () => statusOf('storage') === 'absent')
    expect(hasPool()).toBe(true)
    expect(bench.link.state).toMatchObject({ status: 'up', stale: false })
    await lab.host.startDaemon('virtstoraged')
    if (way === 'proxied') await lab.host.exec('chmod 0700 /run/libvirt/virtstoraged-sock')
    await waitFor('storage is back', () => statusOf('storage') === 'up')
    await lab.host.virsh(['pool-create-as', 'second', 'dir', '--target', '/run/second'])
    await waitFor('a new pool is seen', () => bench.link.pools.values.some(({ name }) => name === 'second'))
    await lab.host.virsh(['pool-destroy', 'second'])
  })

  function uuidOf(name: string): string {
    return named(name)?.uuid ?? ''
  }
})

describe('virtqemud of libvirt 11.3', () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await startLab({ hosts: 1, host: { libvirt: 'modular' } })
  })
  afterAll(async () => {
    await lab?.stop()
  })

  test('survives the goodbye of connections that met each of its secondary drivers by several calls at once', async () => {
    const pid = async () => (await lab.host.exec('cat /run/virtqemud.pid')).stdout
    const before = await pid()
    for (let round = 0; round < 20; round += 1) {
      const socket = connect(`/proc/${lab.host.initPid}/root/run/libvirt/virtqemud-sock`)
      const connection: LibvirtConnection = await openLibvirt(socket)
      await Promise.all([
        connection.subscribe({ events: ['storage-pool-lifecycle', 'storage-pool-refresh'] }),
        connection.subscribe({ events: ['node-device-lifecycle', 'node-device-update'] }),
        connection.subscribe({ events: ['secret-lifecycle', 'secret-value-changed'] }),
        connection.call('CONNECT_NUM_OF_NETWORKS', {}),
        connection.subscribe({ events: ['network-lifecycle'] }),
      ])
      await connection.close()
    }
    await lab.host.virsh(['list'])
    expect(await pid()).toBe(before)
  })
})

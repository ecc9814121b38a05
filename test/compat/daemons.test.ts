import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { waitFor } from '../lab/command.ts'
import { guestXml } from '../lab/guest-xml.ts'
import { startLinkBench } from '../lab/host-link-bench.ts'
import { type Lab, startLab } from '../lab/lab.ts'

/** How the host's daemons are reached, by `LabOptions.host.libvirt`. */
const setUps = [
  { libvirt: 'virtproxyd', sockets: ['libvirt-sock', 'virtqemud-sock', 'virtstoraged-sock', 'virtnetworkd-sock'] },
  { libvirt: 'modular', sockets: ['virtqemud-sock', 'virtstoraged-sock', 'virtnetworkd-sock'] },
  { libvirt: 'virtqemud', sockets: ['virtqemud-sock'] },
] as const

describe.for(setUps)('a host with modular daemons: $libvirt', ({ libvirt, sockets }) => {
  let lab: Lab

  beforeAll(async () => {
    lab = await startLab({ hosts: 1, host: { libvirt } })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
  })

  test('has the sockets of its kind and no others', async () => {
    const listed = (await lab.host.exec('cd /run/libvirt && ls | grep -e "^libvirt-sock$" -e "d-sock$"')).stdout
    const answering = listed
      .split('\n')
      .filter((name) => name !== '' && !/virtlogd|virtnodedevd|virtsecretd/.test(name))
    expect(answering.toSorted()).toEqual([...sockets].toSorted())
  })

  test('a machine runs on while its daemon is killed and started again', async () => {
    await lab.host.defineVm(guestXml({ name: 'web', boots: 'firmware' }))
    await lab.host.virsh(['start', 'web'])
    await lab.host.killDaemon('virtqemud')
    expect((await lab.host.virsh(['list'], { allowFailure: true })).stderr).toContain('virtqemud-sock')
    await lab.host.startDaemon('virtqemud')
    expect((await lab.host.virsh(['domstate', 'web'])).stdout.trim()).toBe('running')
  })

  test('storage that hangs, or is absent, keeps nothing else from answering', async () => {
    const hangs = sockets.some((socket) => socket === 'virtstoraged-sock')
    await lab.host.stopDaemon('virtstoraged')
    try {
      const pools = lab.host.virsh(['pool-list'], { timeoutMs: 2_000 })
      await expect(pools).rejects.toThrow(hangs ? 'no end' : 'virtstoraged-sock')
      expect((await lab.host.virsh(['list', '--all'])).code).toBe(0)
    } finally {
      await lab.host.contDaemon('virtstoraged')
    }
    if (hangs) await waitFor('pools are listed', async () => (await lab.host.virsh(['pool-list'])).code === 0)
  })

  test('a link comes up, sees machines, and leaves the daemons as they were when it ends', async () => {
    const daemons = async () => (await lab.host.exec('cat /run/virt*d.pid')).stdout
    const before = await daemons()
    const bench = await startLinkBench(lab.host)
    try {
      await bench.link.whenLive(20_000)
      expect(bench.link.state).toMatchObject({ status: 'up', error: null })
      const facts = await waitFor('the facts', () => bench.link.state.facts ?? undefined)
      expect(facts.libvirtVersion).toBe('11.3.0')
      await lab.host.defineVm(guestXml({ name: 'web', boots: 'firmware' }))
      await waitFor('web is seen', () => [...bench.link.domains.values()].some((record) => record.name === 'web'))
    } finally {
      await bench.stop()
    }
    expect((await lab.host.virsh(['list', '--all', '--name'])).stdout.trim()).toBe('web')
    expect(await daemons()).toBe(before)
  })
})

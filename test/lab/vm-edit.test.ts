import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { VmDevice, VmSettings } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

describe('VMs of a real host, edited', () => {
  let lab: Lab
  let bench: VmBench

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    bench = await startVmBench()
    await bench.addHost(lab.host)
  })
  afterAll(async () => {
    await bench?.stop()
    await lab?.stop()
  })
  afterEach(async () => {
    await lab.host.resetVms()
    await waitFor('no VM is left', () => bench.composed.topics.model().vms.size === 0)
  })

  const storedXml = async (name: string) => (await lab.host.virsh(['dumpxml', '--inactive', name])).stdout
  const linesOf = (xml: string) => xml.split('\n').map((line) => line.trim())
  /** Lines that one has and the other has not. */
  const difference = (before: string, after: string) => ({
    gone: linesOf(before).filter((line) => !linesOf(after).includes(line)),
    new: linesOf(after).filter((line) => !linesOf(before).includes(line)),
  })
  const drifts = () => [...bench.composed.topics.collection('drifts').entities.values()]
  const settingsOf = async (vmId: string) => {
    const content = await bench.composed.engine.fetchTopic(KIM, { topic: 'vm.settings', key: vmId }, { waitMs: 30_000 })
    return content.entities[0] as unknown as VmSettings
  }

  test('while they are down: only what was named is another one, and nobody calls it drift', async () => {
    await lab.host.defineVm(
      guestXml({ name: 'web', boots: 'firmware', graphics: { kind: 'vnc-tcp', password: 'secret' } }),
    )
    const { id: vmId } = await bench.seen('web', 'down')
    const before = await storedXml('web')
    const edit = { title: 'Shop <1>', memoryMiB: 64, vcpus: 2, bootMenu: true, autostart: true }
    await bench.call('vm.edit', { vmId, ...edit })
    expect(bench.vm('web')).toMatchObject({ title: 'Shop <1>', memoryKiB: 65_536, maxMemoryKiB: 65_536, vcpus: 2 })
    expect(bench.vm('web')?.autostart).toBe(true)
    expect(difference(before, await storedXml('web'))).toEqual({
      gone: [
        "<memory unit='KiB'>32768</memory>",
        "<currentMemory unit='KiB'>32768</currentMemory>",
        "<vcpu placement='static'>1</vcpu>",
      ],
      new: [
        '<title>Shop &lt;1&gt;</title>',
        "<memory unit='KiB'>65536</memory>",
        "<currentMemory unit='KiB'>65536</currentMemory>",
        "<vcpu placement='static'>2</vcpu>",
        "<bootmenu enable='yes'/>",
      ],
    })
    const password = await lab.host.virsh(['dumpxml', '--inactive', '--security-info', 'web'])
    expect(password.stdout).toContain("passwd='secret'")
    expect(bench.trail('web').map(({ command, kind }) => command ?? kind)).toContain('vm.edit')

    await bench.call('vm.edit', { vmId, name: 'shop' })
    await waitFor('it has its new name', () => bench.vm('shop')?.id === vmId)
    expect((await bench.refusal('vm.edit', { vmId, boot: ['network'] })).code).toBe('vm.lacks-device')
    expect((await bench.refusal('vm.edit', { vmId, topology: { sockets: 3, cores: 1, threads: 1 } })).code).toBe(
      'vm.topology-unfit',
    )
    expect(drifts()).toEqual([])
  })

  test('while they run: at once what can be, the rest waits, is told, and is taken back', async () => {
    await lab.host.defineVm(guestXml({ name: 'web', boots: 'firmware', vcpus: 2 }))
    const { id: vmId } = await bench.seen('web', 'down')
    await bench.call('vm.edit', { vmId, vcpus: 1, maxVcpus: 2 })
    await bench.call('vm.start', { vmId, paused: true })
    const before = await storedXml('web')
    const hot = { vmId, vcpus: 2, title: 'Hot', memoryMiB: 64 }
    const { waiting } = await bench.call<{ waiting: string[] }>('vm.edit', hot)
    expect(waiting).toEqual(['memoryMiB'])
    expect(bench.vm('web')).toMatchObject({ vcpus: 2, title: 'Hot', memoryKiB: 32_768 })
    await waitFor('what waits is seen', () =>
      bench.vm('web')?.pending.some(({ what, next }) => what === 'memory' && next === 65_536),
    )
    expect((await bench.refusal('vm.edit', { vmId, name: 'other' })).code).toBe('vm.must-be-down')

    await bench.call('vm.discard-pending', { vmId })
    await waitFor('nothing waits', () => bench.vm('web')?.pending.length === 0)
    expect(difference(before, await storedXml('web')).new.sort()).toEqual([
      '<title>Hot</title>',
      "<vcpu placement='static'>2</vcpu>",
    ])

    const { revision } = await settingsOf(vmId)
    await bench.call('vm.edit', { vmId, revision, description: 'first', applyNow: false })
    expect(await bench.refusal('vm.edit', { vmId, revision, title: 'second' })).toMatchObject({
      code: 'vm.changed-meanwhile',
      params: { fields: 'description', users: 'kim' },
    })
    expect(drifts()).toEqual([])
  })

  test('are given memory, a watchdog and random numbers while they run, and lose them', async () => {
    const cell = "<cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu>"
    const roomy = guestXml({ name: 'web', boots: 'firmware', memoryMiB: 64 })
      .replace('<memory unit', "<maxMemory slots='4' unit='MiB'>1024</maxMemory><memory unit")
      .replace('</features>', `</features>${cell}`)
    await lab.host.defineVm(roomy)
    const { id: vmId } = await bench.seen('web', 'down')
    await bench.call('vm.start', { vmId, paused: true })
    const devices = async () => {
      const { engine } = bench.composed
      const content = await engine.fetchTopic(KIM, { topic: 'vm.devices', key: vmId }, { waitMs: 90_000 })
      return content.entities as unknown as VmDevice[]
    }
    const both = async () => [await storedXml('web'), (await lab.host.virsh(['dumpxml', 'web'])).stdout]
    const attach = (device: object) =>
      bench.call<{ device: string; waiting: boolean; reason?: string }>('vm.attach-device', { vmId, device })
    const given = [
      await attach({ rng: { bytesPerSecond: 4_096 } }),
      await attach({ watchdog: { model: 'i6300esb', action: 'pause' } }),
      await attach({ memory: { sizeMiB: 128 } }),
      await attach({ memory: { sizeMiB: 256, model: 'virtio-mem', requestedMiB: 128 } }),
    ]
    expect(given.map(({ waiting, reason }) => reason ?? waiting)).toEqual([false, false, false, false])
    for (const { device } of given) for (const xml of await both()) expect(xml).toContain(device)
    expect(bench.vm('web')).toMatchObject({ maxMemoryKiB: (64 + 128 + 256) * 1024, pending: [] })
    expect(await devices()).toEqual(
      expect.arrayContaining(
        [
          { kind: 'rng', detail: '/dev/urandom' },
          { kind: 'watchdog', model: 'i6300esb', detail: 'pause' },
          { kind: 'memory', model: 'dimm', sizeMiB: 128 },
          { kind: 'memory', model: 'virtio-mem', sizeMiB: 256, requestedMiB: 128 },
        ].map((device) => expect.objectContaining({ ...device, isRunning: true, isStored: true })),
      ),
    )
    const [rng, watchdog, , part] = given.map(({ device }) => device)
    const resize = { vmId, device: part, requestedMiB: 256 }
    expect(await bench.call('vm.resize-device', resize)).toMatchObject({ waiting: false })
    for (const xml of await both()) expect(xml).toMatch(/<requested unit='KiB'>262144</)
    expect((await bench.refusal('vm.resize-device', { ...resize, requestedMiB: 512 })).code).toBe('vm.memory-fixed')

    // More memory than it can have by its balloon is a module of its own, where that is whole blocks.
    expect(await bench.call('vm.edit', { vmId, memoryMiB: 576 })).toEqual({ waiting: [] })
    expect(bench.vm('web')?.maxMemoryKiB).toBe(576 * 1024)
    for (const xml of await both()) expect(xml.match(/<memory model='dimm'/g)).toHaveLength(2)
    const beyond = { device: { memory: { sizeMiB: 1_024 } } }
    expect(await bench.call('vm.attach-device', { vmId, ...beyond })).toMatchObject({
      waiting: true,
      reason: expect.stringContaining('memory'),
    })

    // A guest that stands still lets go of nothing: it waits.
    for (const device of [rng, watchdog]) await bench.call('vm.detach-device', { vmId, device })
    expect(await storedXml('web')).not.toContain(watchdog)
    await bench.call('vm.poweroff', { vmId })
    await bench.seen('web', 'down')
    expect((await bench.refusal('vm.detach-device', { vmId, device: rng })).code).toBe('vm.no-such-device')
    await bench.call('vm.detach-device', { vmId, device: part })
    expect(bench.vm('web')?.maxMemoryKiB).toBe((64 + 128 + 128 + 1_024) * 1024)
    const bridge = { host: { pci: '0000:00:00.0' } }
    expect((await bench.refusal('vm.attach-device', { vmId, device: bridge })).code).toMatch(/^vm\.host-device-/)
    expect(drifts()).toEqual([])
  })

  test('by hand: what the host takes is stored, with the password that was not shown', async () => {
    await lab.host.defineVm(
      guestXml({ name: 'web', boots: 'firmware', graphics: { kind: 'vnc-tcp', password: 'secret' } }),
    )
    const { id: vmId } = await bench.seen('web', 'down')
    const { engine } = bench.composed
    const content = await engine.fetchTopic(KIM, { topic: 'vm.stored-xml', key: vmId }, { waitMs: 30_000 })
    const { revision, xml } = content.entities[0] as unknown as { revision: string; xml: string }
    expect(xml).toContain("passwd='*****'")
    const write = (changed: string) => ({ vmId, revision, xml: changed })
    const odd = await bench.refusal('vm.edit-xml', write(xml.replace('<devices>', '<devices><teapot/>')))
    expect(odd).toMatchObject({
      code: 'vm.definition-refused',
      params: { message: expect.stringContaining('devices') },
    })
    expect(await bench.refusal('vm.edit-xml', write(xml.replace('</os>', '')))).toMatchObject({
      code: 'vm.xml-unreadable',
      params: { detail: expect.stringMatching(/^\d+:\d+: /) },
    })
    expect((await bench.refusal('vm.edit-xml', write(xml.replace(vmId, crypto.randomUUID())))).code).toBe(
      'vm.xml-other-machine',
    )
    await bench.call('vm.edit-xml', write(xml.replace('<on_crash>destroy', '<on_crash>preserve')))
    const stored = (await lab.host.virsh(['dumpxml', '--inactive', '--security-info', 'web'])).stdout
    expect(stored).toContain("passwd='secret'")
    expect(stored).toContain('<on_crash>preserve')
    expect((await bench.refusal('vm.edit-xml', write(xml))).code).toBe('vm.changed-meanwhile')
    expect(JSON.stringify(bench.tasks())).not.toContain('secret')
    expect(drifts()).toEqual([])

    // The same text makes another machine, of its own name and UUID.
    const [host] = bench.composed.topics.model().hosts.values()
    const copy = { hostId: host?.id, xml: stored }
    expect((await bench.refusal('vm.import-xml', copy)).code).toBe('vm.name-taken')
    const made = await bench.call<{ vmId: string }>('vm.import-xml', { ...copy, name: 'copy' })
    expect(made.vmId).not.toBe(vmId)
    expect((await lab.host.virsh(['domuuid', 'copy'])).stdout.trim()).toBe(made.vmId)
    expect(await bench.seen('copy', 'down')).toMatchObject({ id: made.vmId, memoryKiB: 32_768 })
  })

  test('what others change right after us, or right before, is told apart from what we change', async () => {
    await lab.host.defineVm(guestXml({ name: 'web', boots: 'firmware' }))
    const { id: vmId } = await bench.seen('web', 'down')
    const kept = async () => (await bench.inventory.vmDefinitions.fetchForVm(vmId))[0]?.xml ?? ''
    await waitFor('it is kept', async () => (await kept()) !== '')
    const giveNextDoor = async (vcpus: number) => {
      const xml = await storedXml('web')
      await lab.host.defineVm(xml.replace(/(<vcpu [^>]*>)\d+</, `$1${vcpus}<`))
    }
    await bench.call('vm.edit', { vmId, title: 'Ours' })
    await giveNextDoor(3)
    const drift = await waitFor('theirs is seen', () => drifts()[0])
    expect(drift.changes).toMatchObject([{ what: 'vcpus', now: 1, next: 3 }])
    expect(await kept()).toContain('<title>Ours</title>')
    await bench.call('drift.accept', { drifts: [{ id: drift.id }] })
    await giveNextDoor(4)
    await bench.call('vm.edit', { vmId, title: 'Ours again' })
    await waitFor('ours is kept', async () => (await kept()).includes('Ours again'))
    expect(drifts()[0]?.changes).toMatchObject([{ what: 'vcpus', now: 3, next: 4 }])
  })

  test('their tags and folders lie in their definitions, running or not, whoever writes them', async () => {
    for (const name of ['web', 'db']) await lab.host.defineVm(guestXml({ name, boots: 'firmware' }))
    const vmIds = [(await bench.seen('web', 'down')).id, (await bench.seen('db', 'down')).id]
    const before = await storedXml('web')
    await bench.call('vm.start', { vmId: vmIds[1], paused: true })
    await bench.call('vm.label', { vmIds, add: ['web', 'Prod'], folder: ' Customers / Acme' })
    for (const name of ['web', 'db']) {
      expect(bench.vm(name)).toMatchObject({ tags: ['Prod', 'web'], folder: 'Customers/Acme' })
      expect(await storedXml(name)).toContain('<virtdeck:tag>Prod</virtdeck:tag>')
    }
    await bench.call('vm.label', { vmId: vmIds[1], add: ['later'], remove: ['prod'], folder: null })
    expect(bench.vm('db')).toMatchObject({ tags: ['later', 'web'], folder: null })
    expect((await lab.host.virsh(['dumpxml', 'db'])).stdout).toContain('<virtdeck:tag>later</virtdeck:tag>')
    await bench.call('vm.poweroff', { vmId: vmIds[1] })
    expect(bench.vm('db')).toMatchObject({ status: 'down', tags: ['later', 'web'], folder: null })
    const theirs = ['--uri', 'urn:virtdeck:machine', '--key', 'other', '--set', '<labels><tag>theirs</tag></labels>']
    await lab.host.virsh(['metadata', 'web', '--config', ...theirs])
    await waitFor('it is seen', () => bench.vm('web')?.tags.join() === 'theirs')
    await bench.call('vm.label', { vmId: vmIds[0], remove: ['theirs'] })
    const gone = difference(await storedXml('web'), before)
    expect(gone.gone.filter((line) => line.includes('virtdeck'))).toEqual([])
    const many = Array.from({ length: 32 }, (_tag, index) => `t${index}`)
    await bench.call('vm.label', { vmId: vmIds[0], add: many })
    expect(await bench.refusal('vm.label', { vmId: vmIds[0], add: ['one-more'] })).toMatchObject({
      code: 'vm.too-many-tags',
      params: { limit: 32 },
    })
    expect((await bench.refusal('vm.label', { vmId: vmIds[0], add: ['two words'] })).code).toBe('command.input-invalid')
  })
})

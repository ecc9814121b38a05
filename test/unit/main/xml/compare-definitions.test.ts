import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compareDefinitions, parseDomain } from '../../../../src/main/xml/index.ts'

const xml = readFileSync(new URL('./data/running-domain.xml', import.meta.url), 'utf8')

/** What waits when these replacements were made in the definition on disk. */
function pendingAfter(...changes: readonly (readonly [from: string | RegExp, to: string])[]) {
  const next = changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to)
    if (changed === text) throw new Error(`nothing to replace: ${from}`)
    return changed
  }, xml)
  return compareDefinitions(parseDomain(xml), parseDomain(next))
}

describe('what waits for the next start', () => {
  test('is nothing while both definitions say the same, or differ in what only a running machine has', () => {
    expect(pendingAfter()).toEqual([])
    expect(pendingAfter([" id='2'", ''], ["<alias name='video0'/>", ''])).toEqual([])
  })

  test.each([
    [
      'memory',
      [["<currentMemory unit='KiB'>262144", "<currentMemory unit='KiB'>131072"]],
      { now: 262_144, next: 131_072 },
    ],
    ['vcpus', [["current='1'>2</vcpu>", "current='2'>2</vcpu>"]], { now: 1, next: 2 }],
    ['maxVcpus', [["current='1'>2</vcpu>", "current='1'>4</vcpu>"]], { now: 2, next: 4 }],
    ['machineType', [["machine='pc-q35-7.2'", "machine='pc-q35-8.0'"]], { now: 'pc-q35-7.2', next: 'pc-q35-8.0' }],
    ['cpuMode', [["mode='maximum'", "mode='host-passthrough'"]], { now: 'maximum', next: 'host-passthrough' }],
    [
      'bootOrder',
      [["<boot dev='hd'/>", "<boot dev='network'/><boot dev='hd'/>"]],
      { now: 'disk', next: 'network, disk' },
    ],
    [
      'topology',
      [["check='none'/>", "check='none'><topology sockets='1' cores='2' threads='1'/></cpu>"]],
      { now: null, next: '1 × 2 × 1' },
    ],
    [
      'disk',
      [['/var/lib/libvirt/images/web.qcow2', '/srv/web.qcow2']],
      { device: 'vda', now: '/var/lib/libvirt/images/web.qcow2', next: '/srv/web.qcow2' },
    ],
  ] as const)('%s', (what, changes, expected) => {
    expect(pendingAfter(...changes)).toEqual([{ what, device: null, ...expected }])
  })

  test('names devices that come and go by what they are known by', () => {
    const disk = "<disk type='file' device='disk'><source file='/srv/x.img'/><target dev='vdz' bus='virtio'/></disk>"
    const card = "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/></interface>"
    const next = xml.replace('</devices>', `${disk}${card}<rng model='virtio'/></devices>`)
    const added = compareDefinitions(parseDomain(xml), parseDomain(next))
    expect(added).toEqual([
      { what: 'disk', device: 'vdz', now: null, next: '/srv/x.img' },
      { what: 'nic', device: '52:54:00:00:00:01', now: null, next: 'lan' },
      { what: 'device', device: 'rng', now: null, next: 'virtio' },
    ])
    expect(compareDefinitions(parseDomain(next), parseDomain(xml))).toEqual(
      added.map((change) => ({ ...change, now: change.next, next: change.now })),
    )
  })

  test('shows another model of a device as a change, and a cut cable', () => {
    const video = "<devices><video><model type='qxl'/></video>"
    const with1 = parseDomain(xml.replace(/<video>[\s\S]*?<\/video>/, '').replace('<devices>', video))
    const with2 = parseDomain(
      xml.replace(/<video>[\s\S]*?<\/video>/, '').replace('<devices>', video.replace('qxl', 'vga')),
    )
    expect(compareDefinitions(with1, with2)).toEqual([{ what: 'device', device: 'video', now: 'qxl', next: 'vga' }])
    const [nic, ...others] = parseDomain(xml).nics
    if (nic === undefined) throw new Error('the sample has a card')
    const cut = { ...parseDomain(xml), nics: [{ ...nic, linkUp: !nic.linkUp }, ...others] }
    expect(compareDefinitions(parseDomain(xml), cut)).toEqual([
      { what: 'link', device: nic.macAddress, now: nic.linkUp ? 'up' : 'down', next: nic.linkUp ? 'down' : 'up' },
    ])
  })

  test('is not the model that libvirt has put in the place of "host-model"', () => {
    expect(pendingAfter(["mode='maximum'", "mode='host-model'"])).toEqual([])
  })
})

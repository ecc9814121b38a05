import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nextTarget } from '../../../../../src/main/vm/definition/index.ts'
import { changeNic, deviceText, withDevice, withoutDevice } from '../../../../../src/main/vm/edit/change-devices.ts'
import { parseDomain } from '../../../../../src/main/xml/index.ts'

const GOLDEN = new URL('../definition/golden/', import.meta.url)
const texts = readdirSync(GOLDEN).map((name) => [name, readFileSync(new URL(name, GOLDEN), 'utf8')] as const)
const MAC = '56:6f:00:00:00:99'

describe.each(texts)('devices of %s', (_name, golden) => {
  const xml = golden.replace('<devices>', "<odd a = '1'/>\n  <devices>")

  it('are added, and taken away again byte for byte', () => {
    const disk = {
      name: 'disk',
      attributes: { type: 'file' },
      content: [{ name: 'target', attributes: { dev: 'vdz' } }],
    }
    const nic = {
      name: 'interface',
      attributes: { type: 'user' },
      content: [{ name: 'mac', attributes: { address: MAC } }],
    }
    const more = withDevice(withDevice(xml, disk), nic)
    expect(parseDomain(more).disks.at(-1)?.target).toBe('vdz')
    expect(deviceText(more, { macAddress: MAC.toUpperCase() })).toContain(MAC)
    expect(withoutDevice(withoutDevice(more, { target: 'vdz' }), { macAddress: MAC })).toBe(xml)
    expect(withoutDevice(xml, { target: 'vdz' })).toBe(xml)
  })

  it('are plugged elsewhere and pulled, and nothing else changes', () => {
    for (const { macAddress } of parseDomain(xml).nics) {
      const before = deviceText(xml, { macAddress }) ?? ''
      const moved = changeNic(xml, macAddress, { source: { kind: 'bridge', bridge: 'br1' }, linkUp: false })
      const after = deviceText(moved, { macAddress }) ?? ''
      expect(parseDomain(moved).nics.find((nic) => nic.macAddress === macAddress)).toMatchObject({
        type: 'bridge',
        source: 'br1',
        linkUp: false,
      })
      expect(moved.replace(after, before)).toBe(xml)
      const back = changeNic(moved, macAddress, { linkUp: true })
      expect(parseDomain(back).nics.find((nic) => nic.macAddress === macAddress)?.linkUp).toBe(true)
      // The same of a card alone, as libvirt is told of it.
      expect(changeNic(after, macAddress, { linkUp: true })).toBe(deviceText(back, { macAddress }))
      expect(changeNic(back, macAddress, { source: { kind: 'bridge', bridge: 'br1' }, linkUp: true })).toBe(back)
    }
  })
})

describe('rules of a network card', () => {
  const card = `<interface type='bridge'>\n  <mac address='${MAC}'/>\n  <source bridge='br0'/>\n</interface>`
  const inbound = { averageKiBps: 1_000, peakKiBps: 2_000, burstKiB: null }

  it('are set, changed and taken away, and nothing else', () => {
    const limited = changeNic(card, MAC, { qos: { inbound, outbound: null }, filter: 'clean-traffic' })
    expect(limited).toContain("<inbound average='1000' peak='2000'/>")
    expect(limited).toContain("<filterref filter='clean-traffic'/>")
    expect(limited).not.toContain('outbound')
    expect(changeNic(limited, MAC, { qos: { inbound, outbound: null }, filter: 'clean-traffic' })).toBe(limited)
    expect(changeNic(limited, MAC, { filter: 'no-mac-spoofing' })).toBe(
      limited.replace('clean-traffic', 'no-mac-spoofing'),
    )
    expect(changeNic(limited, MAC, { qos: { inbound: null, outbound: null }, filter: null })).toBe(card)
    expect(changeNic(card, MAC, { qos: { inbound: null, outbound: null }, filter: null })).toBe(card)
  })

  it('stay where a filter has values of its own', () => {
    const own = card.replace(
      '</interface>',
      "  <filterref filter='clean-traffic'>\n    <parameter name='IP' value='10.0.0.1'/>\n  </filterref>\n</interface>",
    )
    expect(changeNic(own, MAC, { linkUp: true })).toBe(own)
    expect(changeNic(own, MAC, { filter: 'no-mac-spoofing' })).toContain("<filterref filter='no-mac-spoofing'/>")
  })
})

describe('the name of one more drive', () => {
  it.each([
    ['virtio', [], 'vda'],
    ['virtio', ['vda', 'vdc'], 'vdb'],
    ['sata', ['sda', 'vdb'], 'sdb'],
    ['virtio', Array.from({ length: 26 }, (_, at) => `vd${String.fromCodePoint(97 + at)}`), 'vdaa'],
  ] as const)('is the first that is free: %s beside %j', (bus, taken, target) => {
    expect(nextTarget(bus, taken)).toBe(target)
  })
})

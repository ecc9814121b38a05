import { describe, expect, test } from 'vitest'
import { parseNodeDevice } from '../../../../src/main/xml/index.ts'

const device = (name: string, capability: string, driver = '') =>
  `<device><name>${name}</name>${driver === '' ? '' : `<driver><name>${driver}</name></driver>`}${capability}</device>`

describe('a device of a host', () => {
  test.each([
    [
      'a network card',
      device(
        'net_enp1s0',
        `<capability type='net'><interface>enp1s0</interface><address>52:54:00:11:22:33</address><link speed='10000' state='up'/></capability>`,
      ),
      { kind: 'nic', name: 'enp1s0', address: '52:54:00:11:22:33', speedMbps: 10_000, isLinkUp: true },
    ],
    [
      'a network card without a cable',
      device('net_eno1', `<capability type='net'><interface>eno1</interface><link state='down'/></capability>`),
      { kind: 'nic', speedMbps: null, isLinkUp: false },
    ],
    [
      'a disk',
      device(
        'block_sda',
        `<capability type='storage'><block>/dev/sda</block><model>SSD 9</model><vendor>ACME</vendor><size>1024209543168</size></capability>`,
      ),
      { kind: 'disk', name: 'sda · SSD 9', vendor: 'ACME', sizeBytes: 1_024_209_543_168 },
    ],
    [
      'a drive with a medium',
      device(
        'block_sr0',
        `<capability type='storage'><block>/dev/sr0</block><capability type='removable'><media_available>1</media_available><media_size>4096</media_size></capability></capability>`,
      ),
      { kind: 'disk', name: 'sr0', sizeBytes: 4_096 },
    ],
    [
      'a PCI device that can be handed over',
      device(
        'pci_0000_03_00_1',
        `<capability type='pci'><domain>0</domain><bus>3</bus><slot>0</slot><function>1</function><product id='0x1521'>I350</product><vendor id='0x8086'>Intel</vendor><iommuGroup number='14'/></capability>`,
        'igb',
      ),
      { kind: 'pci', name: 'I350', vendor: 'Intel', address: '0000:03:00.1', driver: 'igb', iommuGroup: 14 },
    ],
    [
      'a PCI device that no list knows',
      device(
        'pci_0000_00_1f_2',
        `<capability type='pci'><domain>0</domain><bus>0</bus><slot>31</slot><function>2</function><product id='0x2922'/><vendor id='0x8086'/></capability>`,
      ),
      { name: '8086:2922', vendor: null, address: '0000:00:1f.2', iommuGroup: null },
    ],
    [
      'a USB device',
      device(
        'usb_1_4',
        `<capability type='usb_device'><bus>1</bus><device>4</device><product id='0x0001'>Key</product><vendor id='0x1050'>Yubico</vendor></capability>`,
        'usb',
      ),
      { kind: 'usb', name: 'Key', address: '1:4', driver: 'usb' },
    ],
  ])('%s', (_title, xml, expected) => {
    expect(parseNodeDevice(xml)).toMatchObject(expected)
  })

  test('of a kind that nobody lists is left out, and what a host makes up is bounded', () => {
    expect(parseNodeDevice(device('scsi_host0', `<capability type='scsi_host'><host>0</host></capability>`))).toBeNull()
    const long = device('net_x', `<capability type='net'><interface>${'x'.repeat(9_999)}</interface></capability>`)
    expect(parseNodeDevice(long)?.name).toHaveLength(128)
    expect(() => parseNodeDevice('<domain/>')).toThrow('expected <device>')
  })
})

test('what it hangs on, its numbers and its class are kept; a mediated device is known by its UUID', () => {
  const pci = device(
    'pci_0000_01_00_0',
    `<capability type='pci'><class>0x020000</class><domain>0</domain><bus>1</bus><slot>0</slot><function>0</function><product id='0x1521'/><vendor id='0x8086'/></capability>`,
  ).replace('<capability', '<path>/sys/devices/pci0000:00/0000:01:00.0</path><capability')
  expect(parseNodeDevice(pci)).toMatchObject({
    numbers: '8086:1521',
    pciClass: '020000',
    path: '/sys/devices/pci0000:00/0000:01:00.0',
  })
  const uuid = '22222222-0000-4000-8000-000000000002'
  const mediated = (inside: string) =>
    device(`mdev_${uuid.replaceAll('-', '_')}`, `<capability type='mdev'>${inside}</capability>`)
  for (const inside of ['', `<uuid>${uuid}</uuid>`]) {
    const text = mediated(`<type id='nvidia-11'/>${inside}<iommuGroup number='12'/>`)
    expect(parseNodeDevice(text)).toMatchObject({ kind: 'mediated', name: 'nvidia-11', address: uuid, iommuGroup: 12 })
  }
})

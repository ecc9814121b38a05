import { readFileSync } from 'node:fs'
import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDomain, XmlError } from '../../../../src/main/xml/index.ts'

const data = (name: string) => readFileSync(new URL(`./data/${name}`, import.meta.url), 'utf8')
const minimal = (inner: string, attributes = "type='kvm'") =>
  `<domain ${attributes}><name>a</name><uuid>6F4F3A0E-1d7a-4f62-9a51-0f3a4f0c1a01</uuid>${inner}</domain>`

describe('a definition as libvirt 9 prints it', () => {
  test('gives everything of a running domain that a VM shows', () => {
    expect(parseDomain(data('running-domain.xml'))).toEqual({
      name: 'web-01',
      uuid: '6f4f3a0e-1d7a-4f62-9a51-0f3a4f0c1a01',
      domainId: 2,
      title: 'Web server',
      description: 'Serves the site & its "blog"\nsecond line',
      operatingSystem: 'http://debian.org/debian/12',
      domainType: 'qemu',
      architecture: 'x86_64',
      machineType: 'pc-q35-7.2',
      firmware: 'bios',
      cpuMode: 'maximum',
      vcpus: 1,
      maxVcpus: 2,
      memoryKiB: 262_144,
      maxMemoryKiB: 262_144,
      disks: [
        {
          target: 'vda',
          bus: 'virtio',
          device: 'disk',
          sourceType: 'file',
          source: '/var/lib/libvirt/images/web.qcow2',
          format: 'qcow2',
          readOnly: false,
        },
        {
          target: 'sda',
          bus: 'sata',
          device: 'cdrom',
          sourceType: null,
          source: null,
          format: null,
          readOnly: true,
        },
      ],
      nics: [
        {
          macAddress: '52:54:00:11:22:33',
          model: 'virtio',
          type: 'user',
          source: null,
          hostDevice: null,
          linkUp: false,
          addresses: [],
        },
      ],
      graphics: [
        {
          type: 'vnc',
          listen: 'address',
          address: '127.0.0.1',
          port: 5900,
          socket: null,
          passwordSet: true,
          keymap: null,
        },
      ],
      serialPorts: [{ alias: 'serial0', type: 'pty', target: 'isa-serial', canOpen: true }],
      hasSerialConsole: true,
      tags: [],
      folder: null,
      guestAgent: 'disconnected',
      sharesMemory: false,
      balloonPeriodSeconds: 0,
      otherDevices: [{ kind: 'video', model: 'vga' }],
      bootOrder: ['disk'],
      topology: null,
    })
  })

  test('gives no id, no port and the wanted memory of a domain that does not run', () => {
    const definition = parseDomain(data('defined-domain.xml'))
    expect(definition.domainId).toBeNull()
    expect(definition.memoryKiB).toBe(196_608)
    expect(definition.graphics[0]?.port).toBeNull()
  })
})

describe('details that differ between definitions', () => {
  test.each([
    ["<memory unit='MiB'>512</memory>", 524_288],
    ["<memory unit='GiB'>2</memory>", 2_097_152],
    ["<memory unit='b'>1048577</memory>", 1_025],
    ['<memory>4096</memory>', 4_096],
    ["<memory unit='parsec'>4</memory>", 0],
    ["<memory unit='constructor'>4</memory>", 0],
    ['<memory>much</memory>', 0],
  ])('%s is %d KiB', (memory, kib) => {
    expect(parseDomain(minimal(memory)).maxMemoryKiB).toBe(kib)
  })

  test.each([
    ["<os firmware='efi'><type arch='x86_64'>hvm</type></os>", 'uefi'],
    ["<os><loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader></os>", 'uefi'],
    ["<os><type arch='x86_64'>hvm</type></os>", 'bios'],
    ["<os firmware='bios'><type arch='x86_64'>hvm</type></os>", 'bios'],
    ["<os><type arch='i686'>hvm</type><loader type='rom'>/usr/share/seabios/bios.bin</loader></os>", 'bios'],
    ["<os><type arch='x86_64'>hvm</type><loader type='rom'>/usr/share/ovmf/OVMF.amdsev.fd</loader></os>", 'uefi'],
    ["<os><type arch='x86_64'>hvm</type><loader type='rom'>/opt/ours.rom</loader></os>", 'unknown'],
    ["<os firmware='efi'><type arch='aarch64' machine='virt'>hvm</type></os>", 'uefi'],
    ["<os><type arch='aarch64' machine='virt'>hvm</type><kernel>/boot/vmlinuz</kernel></os>", 'none'],
    ["<os><type arch='ppc64' machine='pseries'>hvm</type></os>", 'open-firmware'],
    ["<os><type arch='ppc64le' machine='pseries'>hvm</type></os>", 'open-firmware'],
    ["<os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type></os>", 'ipl'],
    ["<os><type arch='riscv64' machine='virt'>hvm</type></os>", 'opensbi'],
    ["<os><loader readonly='yes' type='pflash'>/a.fd</loader><type arch='riscv64'>hvm</type></os>", 'uefi'],
    ["<os><type arch='loongarch64'>hvm</type></os>", 'unknown'],
    ['<os><type>hvm</type></os>', 'unknown'],
  ])('%s boots with %s', (os, firmware) => {
    expect(parseDomain(minimal(os)).firmware).toBe(firmware)
  })

  test.each([
    ['<memoryBacking><hugepages/></memoryBacking>', false],
    ["<memoryBacking><source type='memfd'/></memoryBacking>", true],
    ["<memoryBacking><source type='file'/><access mode='shared'/></memoryBacking>", true],
    ["<cpu><numa><cell id='0'/><cell id='1' memAccess='shared'/></numa></cpu>", true],
  ])('%s shares its memory: %s', (backing, sharesMemory) => {
    expect(parseDomain(minimal(backing)).sharesMemory).toBe(sharesMemory)
  })

  test.each([
    ["<memballoon model='virtio'><stats period='5'/></memballoon>", 5],
    ["<memballoon model='virtio'/>", 0],
    ["<memballoon model='none'/>", null],
    ['', null],
  ])('%s is asked for its memory every %s seconds', (balloon, period) => {
    expect(parseDomain(minimal(`<devices>${balloon}</devices>`)).balloonPeriodSeconds).toBe(period)
  })

  test.each([
    ["<disk type='block'><source dev='/dev/vg/a'/><target dev='vda'/></disk>", 'block', '/dev/vg/a'],
    ["<disk type='network'><source protocol='rbd' name='pool/img'/></disk>", 'network', 'rbd:pool/img'],
    ["<disk type='volume'><source pool='p' volume='v'/></disk>", 'volume', 'p/v'],
    [
      "<disk type='nvme'><source type='pci' managed='yes' namespace='1'><address domain='0x0000' bus='0x3b' slot='0x00' function='0x0'/></source></disk>",
      'nvme',
      '0000:3b:00.0/1',
    ],
    ["<disk type='vhostuser'><source type='unix' path='/run/blk.sock'/></disk>", 'vhostuser', '/run/blk.sock'],
    ["<disk type='vhostvdpa'><source dev='/dev/vhost-vdpa-0'/></disk>", 'vhostvdpa', '/dev/vhost-vdpa-0'],
    ["<disk type='dir'><source dir='/srv/tree'/></disk>", 'dir', '/srv/tree'],
    [
      "<disk type='network'><source protocol='nbd'><host name='10.0.0.1' port='10809'/></source></disk>",
      'network',
      'nbd:10.0.0.1:10809',
    ],
    [
      "<disk type='network'><source protocol='nbd'><host transport='unix' socket='/run/nbd'/></source></disk>",
      'network',
      'nbd:/run/nbd',
    ],
    ["<disk type='file'><mirror><source file='/other'/></mirror></disk>", null, null],
  ])('%s has the source %s %s', (disk, sourceType, source) => {
    expect(parseDomain(minimal(`<devices>${disk}</devices>`)).disks[0]).toMatchObject({ sourceType, source })
  })

  test.each([
    ['network', "<source network='default' portgroup='a' bridge='virbr0'/>", 'default'],
    ['bridge', "<source bridge='br0'/>", 'br0'],
    ['direct', "<source dev='eth0' mode='bridge'/>", 'eth0'],
    ['ethernet', '', null],
    ['user', '', null],
    ['user', "<source dev='eth0'/>", 'eth0'],
    ['internal', "<source name='corp'/>", 'corp'],
    [
      'hostdev',
      "<source><address type='pci' domain='0x0000' bus='0x1a' slot='0x10' function='0x7'/></source>",
      '0000:1a:10.7',
    ],
    ['hostdev', "<source><address type='usb' bus='1' device='12'/></source>", 'usb 001:012'],
    ['hostdev', "<source><vendor id='0x0bda'/><product id='0x8153'/></source>", 'usb 0bda:8153'],
    ['vhostuser', "<source type='unix' path='/run/ovs/vhu1' mode='client'/>", '/run/ovs/vhu1'],
    [
      'udp',
      "<source address='10.0.0.9' port='11115'><local address='10.0.0.8' port='11116'/></source>",
      '10.0.0.9:11115',
    ],
    ['mcast', "<source address='230.0.0.1' port='5558'/>", '230.0.0.1:5558'],
    ['client', "<source address='10.0.0.9' port='5558'/>", '10.0.0.9:5558'],
    ['server', "<source port='5558'/>", ':5558'],
    ['vdpa', "<source dev='/dev/vhost-vdpa-0'/>", '/dev/vhost-vdpa-0'],
    ['vds', "<source switchid='77b3' portid='18' portgroupid='dvpg-10' connectionid='4'/>", '77b3/dvpg-10'],
    ['null', '', null],
  ])('a network card of the type %s with %s leads to %s', (type, source, expected) => {
    const nic = parseDomain(minimal(`<devices><interface type='${type}'>${source}</interface></devices>`)).nics[0]
    expect(nic).toMatchObject({ type, source: expected })
  })

  test.each([
    ["<graphics type='vnc' socket='/run/a.sock'/>", { listen: 'socket', socket: '/run/a.sock', port: null }],
    ["<graphics type='vnc'><listen type='socket' socket='/run/b'/></graphics>", { listen: 'socket', socket: '/run/b' }],
    ["<graphics type='spice'><listen type='none'/></graphics>", { listen: 'none', address: null }],
    ["<graphics type='vnc' port='70000' listen='::1'/>", { listen: 'address', address: '::1', port: null }],
  ])('%s is reached as %o', (graphics, expected) => {
    expect(parseDomain(minimal(`<devices>${graphics}</devices>`)).graphics[0]).toMatchObject(expected)
  })

  test('a serial port that leads into a file is no console', () => {
    const devices = "<devices><serial type='file'><source path='/a'/></serial></devices>"
    expect(parseDomain(minimal(devices)).hasSerialConsole).toBe(false)
  })

  test.each<[string, string, readonly string[]]>([
    [
      'the first serial port, which stands there twice',
      "<serial type='pty'/><console type='pty'><target type='serial'/></console>",
      ['serial0 pty'],
    ],
    ['a console of its own', "<console type='pty'><target type='serial'/></console>", ['console0 pty']],
    [
      'a second port beside one that leads into a file',
      "<serial type='file'/><serial type='unix'/><console type='file'><target type='serial'/></console>",
      ['serial0 file', 'serial1 unix'],
    ],
    [
      'a virtio console, by its place among the consoles',
      "<serial type='pty'/><console type='pty'><target type='serial'/></console><console type='pty'><target type='virtio'/></console>",
      ['serial0 pty', 'console1 pty'],
    ],
    [
      'names that are given already',
      "<serial type='pty'><alias name='ua-log'/></serial><serial type='pty'><alias name='serial1'/></serial>",
      ['ua-log pty', 'serial1 pty'],
    ],
  ])('serial ports: %s', (_title, ports, expected) => {
    const { serialPorts } = parseDomain(minimal(`<devices>${ports}</devices>`))
    expect(serialPorts.map(({ alias, type }) => `${alias} ${type}`)).toEqual(expected)
  })

  test('line breaks written as character references survive', () => {
    const devices = "<devices><disk type='file'><source file='/a&#10;b'/></disk></devices>"
    expect(parseDomain(minimal(devices)).disks[0]?.source).toBe('/a\nb')
  })

  test('unknown elements and foreign namespaces are passed over', () => {
    const inner = "<q:x xmlns:q='urn:q'><name>not me</name></q:x><future><deep/></future>"
    expect(parseDomain(minimal(inner)).name).toBe('a')
  })
})

test('a definition does not keep the document alive that it was read from', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const devices = `<devices><disk><source file='/var/lib/images/a.qcow2'/></disk></devices>`
  // Made anew each time, as each comes from the host in a message of its own.
  const read = () => parseDomain(minimal(devices + Buffer.alloc(1_048_576, ' ').toString()))
  read()
  collectGarbage()
  const before = memoryUsage().heapUsed
  const definitions = Array.from({ length: 40 }, read)
  collectGarbage()
  expect(memoryUsage().heapUsed - before).toBeLessThan(10 * 1_048_576)
  expect(definitions).toHaveLength(40)
})

describe('what a host should not send', () => {
  test.each([
    ['nothing', '', 'root'],
    ['another kind of document', '<network/>', 'expected <domain>'],
    ['a domain without a UUID', '<domain><name>a</name></domain>', 'UUID'],
    ['a document that is not well-formed', '<domain><name>a</domain>', 'unexpected close tag'],
    ['an entity declaration', '<!DOCTYPE d [<!ENTITY a "b">]><domain/>', 'document type'],
    ['nesting without end', `${'<a>'.repeat(100)}`, 'nested deeper'],
    ['elements without end', minimal('<x/>'.repeat(200_001)), 'more than'],
    ['text without end', ' '.repeat(8 * 1024 * 1024 + 1), 'limit'],
  ])('%s is refused', (_what, xml, message) => {
    expect(() => parseDomain(xml)).toThrow(
      expect.objectContaining({ name: 'XmlError', message: expect.stringContaining(message) }),
    )
  })

  test('any damage to a definition ends in an XmlError or in a definition, never in another error', () => {
    const xml = data('running-domain.xml')
    fc.assert(
      fc.property(fc.nat(xml.length), fc.nat(40), fc.string({ maxLength: 8 }), (at, length, replacement) => {
        const damaged = xml.slice(0, at) + replacement + xml.slice(at + length)
        try {
          expect(parseDomain(damaged).name).toEqual(expect.any(String))
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

test('a name is kept as it is: web with a blank behind it is another machine than web', () => {
  const named = (name: string) =>
    parseDomain(`<domain><name>${name}</name><uuid>${'1'.repeat(8)}-2222-4333-8444-${'5'.repeat(12)}</uuid></domain>`)
      .name
  expect([named('web'), named('web '), named(' web'), named('a  b')]).toEqual(['web', 'web ', ' web', 'a  b'])
  expect(() => named('')).toThrow('without a name')
})

import { describe, expect, it } from 'vitest'
import { decideRegistrable } from '../../../../src/main/registration/decide-registrable.ts'

const place = { formerFolder: '/old', folder: '/data', otherFolders: ['/media'] }
const domain = (devices: string, more = '') =>
  `<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web</name>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  ${more}
  <devices>${devices}</devices>
</domain>`
const disk = (path: string, more = '', device = 'disk') =>
  `<disk type='file' device='${device}'><source file='${path}'/>${more}<target dev='vda'/></disk>`
const unfit = (devices: string, more = '') => decideRegistrable(domain(devices, more), place).unfit

describe('a machine that a domain describes', () => {
  it('keeps its disks, which may lie in another folder now, and the media of the datacenter', () => {
    const {
      xml,
      disks,
      unfit: parts,
    } = decideRegistrable(
      domain(`${disk('/old/root.qcow2')}${disk('/data/more.raw')}${disk('/media/debian.iso', '', 'cdrom')}`),
      place,
    )
    expect(parts).toEqual([])
    expect(disks).toEqual(['/data/root.qcow2', '/data/more.raw'])
    expect(xml).toContain("<source file='/data/root.qcow2'/>")
    expect(xml).toContain("<source file='/media/debian.iso'/>")
  })

  it('loses what does not come along: media from elsewhere, passwords, labels, and the program that runs it', () => {
    const { xml, unfit: parts } = decideRegistrable(
      domain(
        `<emulator>/tmp/evil</emulator>${disk('/home/kim/x.iso', '', 'cdrom')}<graphics type='vnc' passwd='*****'/>`,
        "<seclabel type='none'/><seclabel type='dynamic' model='dac'/>",
      ),
      place,
    )
    expect(parts).toEqual([])
    expect(xml).not.toMatch(/emulator|seclabel|passwd|x\.iso/)
    expect(xml).toContain("<target dev='vda'/>")
  })

  it.each([
    ['a file of the host', disk('/etc/shadow'), ['disk vda: /etc/shadow']],
    ['a way out of the folder', disk('/data/../etc/shadow'), ['disk vda: /data/../etc/shadow']],
    ['the domain’s own files', disk('/data/.virtdeck/domain.json'), ['disk vda: /data/.virtdeck/domain.json']],
    [
      'a layer outside',
      disk('/data/a', "<backingStore type='file'><source file='/etc/shadow'/></backingStore>"),
      ['disk vda: /etc/shadow'],
    ],
    ['a second source', disk('/data/a', "<source dev='/dev/sda'/>"), ['disk vda: ?']],
    [
      'a whole device',
      "<disk type='block' device='disk'><source dev='/dev/sda'/><target dev='vda'/></disk>",
      ['disk vda: block'],
    ],
    ['a device of the host', "<hostdev mode='subsystem' type='pci'/>", ['hostdev pci']],
    ['a folder of the host', "<filesystem type='mount'/>", ['filesystem mount']],
    ['a file as a port', "<serial type='file'><source path='/etc/cron.d/x'/></serial>", ['serial file']],
    [
      'a socket anywhere',
      "<channel type='unix'><source mode='bind' path='/run/docker.sock'/></channel>",
      ['channel unix'],
    ],
    ['a script for a NIC', "<interface type='network'><script path='/tmp/x'/></interface>", ['interface network']],
    ['another kind of NIC', "<interface type='ethernet'/>", ['interface ethernet']],
    ['any file as randomness', "<rng model='virtio'><backend model='random'>/etc/shadow</backend></rng>", ['rng']],
    ['the TPM of the host', "<tpm><backend type='passthrough'/></tpm>", ['tpm']],
    ['a keyboard of the host', "<input type='evdev'><source dev='/dev/input/event0'/></input>", ['input evdev']],
    ['what nobody knows yet', '<teleporter/>', ['teleporter']],
  ])('is not to have %s', (_, devices, parts) => {
    expect(unfit(devices)).toEqual(parts)
  })

  it.each([
    ['arguments for QEMU', "<qemu:commandline><qemu:arg value='-x'/></qemu:commandline>", ['qemu:commandline']],
    ['a kernel of the host', '<os><kernel>/boot/vmlinuz</kernel></os>', ['os kernel']],
    ['variables anywhere', '<os><nvram>/etc/passwd</nvram></os>', ['os nvram']],
  ])('is not to have %s', (_, more, parts) => {
    const xml = more.startsWith('<os>') ? `<domain><name>web</name>${more}<devices/></domain>` : domain('', more)
    expect(decideRegistrable(xml, place).unfit).toEqual(parts)
  })

  it('may have what libvirt gives machines by itself', () => {
    const devices = `<controller type='usb'/><interface type='bridge'><source bridge='br0'/></interface>
      <serial type='pty'/><console type='pty'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <graphics type='vnc' port='-1'><listen type='address' address='127.0.0.1'/></graphics><video/><sound/>
      <audio id='1' type='none'/><watchdog/><memballoon/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
      <tpm><backend type='emulator'/></tpm><input type='tablet'/><redirdev type='spicevmc'/><panic/>`
    expect(unfit(devices)).toEqual([])
  })
})

import { expect, test } from 'vitest'
import { decideMoveObstacle, findVariablesFile } from '../../../../../src/main/vm/change/decide-move-obstacle.ts'

const machine = (os: string, devices: string) => `<domain>${os}<devices>${devices}</devices></domain>`
const bios = '<os><type>hvm</type></os>'

test.each([
  ['nothing of its host', bios, '', null],
  ['a disk in a storage domain', bios, "<disk><source file='/data/a.qcow2'/></disk>", null],
  ['an empty drive', bios, "<disk device='cdrom'/>", null],
  ['a disk of its host', bios, "<disk><source file='/var/lib/a.qcow2'/></disk>", 'disk'],
  ['a disk beside a storage domain', bios, "<disk><source file='/database/a.qcow2'/></disk>", 'disk'],
  ['a block device', bios, "<disk><source dev='/dev/sdb'/></disk>", 'disk'],
  ['a whole LUN', bios, "<disk><source dev='/dev/disk/by-id/scsi-36001405000000001'/></disk>", null],
  ['a volume', bios, "<disk><source pool='p' volume='v'/></disk>", 'disk'],
  ['firmware that libvirt finds', "<os firmware='efi'><type>hvm</type></os>", '', null],
  [
    'variables that are made at its first start',
    "<os><loader type='pflash'>/x</loader><nvram template='/t'/></os>",
    '',
    null,
  ],
  ['variables in a file', '<os><nvram>/var/lib/libvirt/qemu/nvram/a.fd</nvram></os>', '', null],
  ['variables on the network', "<os><nvram type='network'><source protocol='nbd'/></nvram></os>", '', 'firmware'],
  ['variables at no path', '<os><nvram>a.fd</nvram></os>', '', 'firmware'],
  ['a TPM', bios, "<tpm model='tpm-crb'/>", 'tpm'],
  ['a device', bios, "<hostdev mode='subsystem'/>", 'device'],
  ['a folder', bios, "<filesystem type='mount'/>", 'folder'],
] as const)('a machine with %s', (_what, os, devices, obstacle) => {
  expect(decideMoveObstacle(machine(os, devices), ['/data'])).toBe(obstacle)
})

test.each([
  ['none', '<os><type>hvm</type></os>', null],
  ['none yet', "<os firmware='efi'/>", null],
  ['a file of its host', '<os><nvram> /var/a.fd </nvram></os>', '/var/a.fd'],
  ['a file, as libvirt names it now', "<os><nvram type='file'><source file='/var/a.fd'/></nvram></os>", '/var/a.fd'],
  ['a file that both hosts see', '<os><nvram>/data/a.fd</nvram></os>', null],
  ['what is no file', "<os><nvram type='network'><source protocol='nbd'/></nvram></os>", null],
] as const)('the variables of its firmware: %s', (_what, os, path) => {
  expect(findVariablesFile(machine(os, ''), ['/data'])).toBe(path)
})

import { expect, test } from 'vitest'
import { decideMoveObstacle } from '../../../../../src/main/vm/change/decide-move-obstacle.ts'

const machine = (os: string, devices: string) => `<domain>${os}<devices>${devices}</devices></domain>`
const bios = '<os><type>hvm</type></os>'

test.each([
  ['nothing of its host', bios, '', null],
  ['a disk in a storage domain', bios, "<disk><source file='/data/a.qcow2'/></disk>", null],
  ['an empty drive', bios, "<disk device='cdrom'/>", null],
  ['a disk of its host', bios, "<disk><source file='/var/lib/a.qcow2'/></disk>", 'disk'],
  ['a disk beside a storage domain', bios, "<disk><source file='/database/a.qcow2'/></disk>", 'disk'],
  ['a block device', bios, "<disk><source dev='/dev/sdb'/></disk>", 'disk'],
  ['a volume', bios, "<disk><source pool='p' volume='v'/></disk>", 'disk'],
  ['firmware that libvirt finds', "<os firmware='efi'><type>hvm</type></os>", '', 'firmware'],
  ['variables of its firmware', "<os><loader type='pflash'>/x</loader></os>", '', 'firmware'],
  ['a TPM', bios, "<tpm model='tpm-crb'/>", 'tpm'],
  ['a device', bios, "<hostdev mode='subsystem'/>", 'device'],
  ['a folder', bios, "<filesystem type='mount'/>", 'folder'],
] as const)('a machine with %s', (_what, os, devices, obstacle) => {
  expect(decideMoveObstacle(machine(os, devices), ['/data'])).toBe(obstacle)
})

import { expect, test } from 'vitest'
import type { KnownBackup } from '../../../../src/main/backup/backup-manifest.ts'
import { decideNewMachine } from '../../../../src/main/backup/decide-restore.ts'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import type { BackupId } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../renderer/invented.ts'
import { makeHost } from '../host/make-host.ts'
import { makeDomain } from '../storage/make-domain.ts'
import { CLUSTER, HOST_A, makeModel, VM_ID } from '../vm/make-model.ts'

const FRESH = 'ffffffff-0000-4000-8000-000000000009'
const BACKUP = 'bbbbbbbb-0000-4000-8000-000000000001' as BackupId

/** What a backup with such devices beside its disk becomes. */
function restore(devices: string) {
  const domain = makeDomain({
    targetPath: '/data',
    status: 'active',
    connections: [{ hostId: HOST_A, status: 'connected', error: null, since: 0, mounted: null }],
  })
  const model = {
    ...makeModel(),
    hosts: new EntityTable([[HOST_A, makeHost({ id: HOST_A, clusterId: CLUSTER })]]),
    clusters: new EntityTable([[CLUSTER, inventCluster(1, { id: CLUSTER, name: 'Default' })]]),
    storageDomains: new EntityTable([[domain.id, domain]]),
  }
  const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/old/root.qcow2'/><target dev='vda' bus='virtio'/></disk>`
  const backup: KnownBackup = {
    id: BACKUP,
    name: 'restored',
    vmId: VM_ID,
    storageDomainId: domain.id,
    path: `/data/backups/${BACKUP}`,
    kind: 'full',
    parentId: null,
    description: '',
    createdAt: 1,
    fromRunning: false,
    checkpoint: null,
    disks: [{ target: 'vda', format: 'qcow2', virtualBytes: 10, sizeBytes: 5 }],
    sizeBytes: 5,
    xml: `<domain type='kvm'><name>restored</name><uuid>${VM_ID}</uuid><memory>1024</memory><os><type arch='x86_64'>hvm</type></os><devices>${disk}${devices}</devices></domain>`,
  }
  return decideNewMachine(model, backup, { backupId: BACKUP }, FRESH)
}

test('a new machine has disks of its own, and screens with passwords to come', () => {
  const made = restore("<graphics type='vnc' passwd='*****'/>")
  if (made instanceof AppError) throw made
  expect(made.xml).toMatch(/<source file='\/data\/restored-vda-[0-9a-f]{8}\.qcow2'\/>/)
  expect(made.xml).toContain("passwd='*****'")
})

test.each([
  ['a device of the host', "<hostdev mode='subsystem' type='pci'><source/></hostdev>", 'hostdev pci'],
  [
    'a folder of the host',
    "<filesystem type='mount'><source dir='/'/><target dir='all'/></filesystem>",
    'filesystem mount',
  ],
  [
    'a file of the host, to be read',
    "<disk type='file' device='disk'><source file='/etc/shadow'/><target dev='vdb'/><readonly/></disk>",
    'disk vdb: /etc/shadow',
  ],
])('what a folder of a domain says of a backup is not believed: %s', (_what, devices, parts) => {
  expect(restore(devices)).toMatchObject({ code: 'backup.definition-unfit', params: { name: 'restored', parts } })
})

test('media from elsewhere do not come along', () => {
  const made = restore(
    "<disk type='file' device='cdrom'><source file='/etc/passwd'/><target dev='sda'/><readonly/></disk>",
  )
  if (made instanceof AppError) throw made
  expect(made.xml).not.toContain('/etc/passwd')
})

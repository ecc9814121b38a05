import { expect, vi } from 'vitest'
import { waitFor } from './command.ts'
import { labTest } from './fixture.ts'
import { guestXml } from './guest-xml.ts'
import type { LabHost } from './host.ts'
import { canLockImage, holdImage } from './image-lock.ts'
import type { Lab } from './lab.ts'

// Servers that die are waited for as long as their clients wait.
vi.setConfig({ testTimeout: 300_000 })

const it = labTest({ hosts: 2, perHost: { 2: { qemuUser: 'libvirt-qemu' } } })

const pair = ({ hosts }: Lab): readonly [LabHost, LabHost] => {
  const [one, two] = hosts
  if (!one || !two) throw new Error('the lab has two hosts')
  return [one, two]
}

const fails = async (host: LabHost, command: string): Promise<string> => {
  const { code, stderr } = await host.exec(command, { allowFailure: true })
  return code === 0 ? 'it did not fail' : stderr
}

it('mounts a GlusterFS volume whose locks hold between hosts, and end with a host’s power', async ({ lab }) => {
  const [one, two] = pair(lab)
  const storage = await lab.startStorageServer()
  const volume = await storage.startGluster('data')
  await Promise.all([one, two].map((host) => volume.mountOn(host, '/data')))
  await one.exec('echo written > /data/token && qemu-img create -q -f qcow2 /data/disk.qcow2 16M')
  expect((await two.exec('cat /data/token')).stdout).toBe('written\n')

  await one.exec('(flock -n /data/token sleep 600 &)')
  await waitFor(
    'the lock is taken',
    async () => (await one.exec('flock -n /data/token true', { allowFailure: true })).code === 1,
  )
  expect((await two.exec('flock -n /data/token true', { allowFailure: true })).code).toBe(1)

  const held = await holdImage(one, '/data/disk.qcow2')
  await held.release()
  expect(await canLockImage(two, '/data/disk.qcow2')).toBe(true)
  await holdImage(one, '/data/disk.qcow2')
  expect(await canLockImage(two, '/data/disk.qcow2')).toBe(false)
  await expect(holdImage(two, '/data/disk.qcow2')).rejects.toThrow('"write" lock')

  await one.powerCut()
  await waitFor(
    'the lock of the dead host ends',
    async () => (await two.exec('flock -n /data/token true', { allowFailure: true })).code === 0,
  )
  await waitFor('the image of the dead host is free', () => canLockImage(two, '/data/disk.qcow2'))
  await one.powerOn()
  await volume.mountOn(one, '/data')
  expect((await one.exec('cat /data/token')).stdout).toBe('written\n')

  await volume.hang(two, '/data')
  await expect(two.exec('cat /data/token', { timeoutMs: 1500 })).rejects.toThrow('no end')
  await volume.release(two, '/data')
  expect((await two.exec('cat /data/token')).stdout).toBe('written\n')

  await volume.setOwner('36:36', '0700')
  await waitFor('the owner is seen', async () => (await two.exec('stat -c %u:%g:%a /data')).stdout === '36:36:700\n')

  await storage.cutLine()
  await waitFor(
    'the mount fails for want of a server',
    async () => (await two.exec('ls /data', { allowFailure: true })).code !== 0,
  )
  await storage.restoreLine()
  await waitFor('the mount is back', async () => (await two.exec('ls /data', { allowFailure: true })).code === 0)

  await storage.powerCut()
  await waitFor('the mount fails', async () => (await two.exec('ls /data', { allowFailure: true })).code !== 0)
  await storage.powerOn()
  await waitFor(
    'the mount is back',
    async () => (await two.exec('cat /data/token', { allowFailure: true })).stdout === 'written\n',
  )
})

it('gives hosts a shared folder, with faults to order', async ({ lab }) => {
  const [one, two] = pair(lab)
  const folder = await lab.shareFolder({ path: '/vm-data', sizeMiB: 64 })
  await one.exec('echo written > /vm-data/token')
  expect((await two.exec('cat /vm-data/token')).stdout).toBe('written\n')

  await folder.takeFrom(two)
  expect((await two.exec('ls -A /vm-data')).stdout).toBe('')
  await folder.giveTo(two)

  await folder.setReadOnly(two, true)
  expect(await fails(two, 'touch /vm-data/mark')).toContain('Read-only file system')
  await one.exec('touch /vm-data/mark')
  await folder.setReadOnly(two, false)
  await two.exec('touch /vm-data/mark')

  await folder.setOwner('36:36', '0700')
  expect(
    await fails(two, 'setpriv --reuid libvirt-qemu --regid libvirt-qemu --clear-groups cat /vm-data/token'),
  ).toContain('Permission denied')

  await folder.fillUp()
  expect(await fails(two, 'cp /etc/passwd /vm-data/more')).toContain('No space left on device')
  await folder.freeUp()
  await two.exec('cp /etc/passwd /vm-data/more')

  await folder.freeze()
  await expect(two.exec('echo late > /vm-data/late', { timeoutMs: 1500 })).rejects.toThrow('no end')
  expect((await two.exec('cat /vm-data/token')).stdout).toBe('written\n')
  await folder.thaw()
  await one.exec('echo again > /vm-data/late')
})

it('has a host whose QEMU is a user of its own', async ({ lab }) => {
  const [, two] = pair(lab)
  await two.defineVm(guestXml({ name: 'own-user', boots: 'firmware' }))
  await two.virsh(['start', 'own-user'])
  expect((await two.exec('stat -c %U /proc/$(pidof qemu-system-x86_64)')).stdout).toBe('libvirt-qemu\n')
  await two.resetVms()
})

it('serves LUNs by iSCSI, to whom CHAP lets in', async ({ lab }) => {
  const [one] = pair(lab)
  const storage = await lab.startStorageServer()
  const open = await storage.startIscsi({ name: 'open', lunsMiB: [16, 32] })
  const shut = await storage.startIscsi({
    name: 'shut',
    lunsMiB: [16],
    chap: { user: 'vd', password: 'secret-12-chars' },
  })
  const found = (await one.exec(`iscsi-ls iscsi://${open.portal}`)).stdout
  expect(found).toContain(open.iqn)
  expect(found).toContain(shut.iqn)
  expect(await fails(one, `iscsi-inq iscsi://${shut.portal}/${shut.iqn}/1`)).toContain('Failed to log')
  await one.exec(`iscsi-inq iscsi://vd%secret-12-chars@${shut.portal}/${shut.iqn}/1`)

  const pool = `<pool type="iscsi-direct"><name>luns</name><source><host name="${storage.address}"/><device path="${open.iqn}"/><initiator><iqn name="iqn.2026-01.lab.virtdeck:node1"/></initiator></source></pool>`
  await one.exec('cat > /run/pool.xml', { input: pool })
  await one.virsh(['pool-create', '/run/pool.xml'])
  // LUN 0 is the controller of tgt itself
  const listLuns = async () => (await one.virsh(['vol-list', 'luns'])).stdout.match(/unit:0:0:\d+(?= )/g)
  expect(await listLuns()).toEqual(['unit:0:0:0', 'unit:0:0:1', 'unit:0:0:2'])
  expect(await open.addLun(8)).toBe(3)
  await one.virsh(['pool-refresh', 'luns'])
  expect(await listLuns()).toContain('unit:0:0:3')
  await one.virsh(['pool-destroy', 'luns'])
})

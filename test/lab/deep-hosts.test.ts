import { expect, vi } from 'vitest'
import { runCommand, waitFor } from './command.ts'
import { labTest } from './fixture.ts'
import type { LabHost } from './host.ts'
import { canLockImage, holdImage } from './image-lock.ts'
import { type Lab, startLab } from './lab.ts'
import { initiatorOf } from './machine-init.ts'

// Under emulation, on a machine that does other things as well, each step takes seconds.
vi.setConfig({ testTimeout: 600_000 })

const it = labTest({ hosts: 2, host: { kernel: 'own' } })

const pair = ({ hosts }: Lab): readonly [LabHost, LabHost] => {
  const [one, two] = hosts
  if (!one || !two) throw new Error('the lab has two hosts')
  return [one, two]
}

const fails = async (host: LabHost, command: string): Promise<string> => {
  const { code, stdout, stderr } = await host.exec(command, { allowFailure: true })
  return code === 0 ? 'it did not fail' : stdout + stderr
}

it('has a kernel of its own, and answers as any other host', async ({ lab }) => {
  const [one] = pair(lab)
  expect((await one.exec('uname -r; hostname')).stdout).toMatch(/-cloud-amd64\nnode1\.lab\n$/)
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes']
  const args = [...options.flatMap((option) => ['-o', option]), '-i', one.privateKeyPath, `root@${one.address}`]
  const answer = await runCommand('ssh', [...args, 'hostname; virsh -q -c qemu:///system hostname'], {
    timeoutMs: 120_000,
  })
  expect(answer.stdout).toBe('node1.lab\nnode1.lab\n')
})

it('can’t be of another system', async () => {
  const options = { kernel: 'own', system: 'debian-13' } as const
  await expect(startLab({ hosts: 1, host: options })).rejects.toThrow('has this machine’s system')
})

it('sees its cable go, and can be asked all the same', async ({ lab }) => {
  const [one] = pair(lab)
  const carrier = async () => (await one.exec('cat /sys/class/net/eth0/carrier')).stdout
  await one.setLink('down')
  await waitFor('the carrier goes', async () => (await carrier()) === '0\n')
  await one.setLink('up')
  await waitFor('the carrier is back', async () => (await carrier()) === '1\n')
})

it('logs in to a target by the kernel’s initiator; what one host writes to a LUN by LVM, the other finds', async ({
  lab,
}) => {
  const [one, two] = pair(lab)
  const storage = await lab.startStorageServer()
  const chap = { user: 'vd', password: 'secret-12-chars' }
  const target = await storage.startIscsi({ name: 'luns', lunsMiB: [64, 64], chap })
  const node = `iscsiadm -m node -T ${target.iqn} -p ${target.portal}`
  const logIn = async (host: LabHost): Promise<void> => {
    await host.exec(`iscsiadm -m discovery -t sendtargets -p ${target.portal}`)
    expect(await fails(host, `${node} --login`)).toContain('authorization failure')
    const settings = [
      ['authmethod', 'CHAP'],
      ['username', chap.user],
      ['password', chap.password],
    ]
    const updates = settings.map(([key, value]) => `${node} --op update -n node.session.auth.${key} -v ${value}`)
    await host.exec([...updates, `${node} --login`].join(' && '))
  }
  await Promise.all([logIn(one), logIn(two)])
  expect((await target.listSessions()).toSorted()).toEqual([initiatorOf(1), initiatorOf(2)])
  const [lun, other] = [1, 2].map((number) => `/dev/disk/by-path/ip-${target.portal}-iscsi-${target.iqn}-lun-${number}`)
  await waitFor(
    'udev names the LUNs',
    async () => (await one.exec(`ls ${lun} ${other}`, { allowFailure: true })).code === 0,
  )

  await one.exec(
    `vgcreate -q vd-domain ${lun} ${other} && lvcreate -q -y -L 80M -n disk vd-domain && echo written > /dev/vd-domain/disk`,
  )
  await two.exec('vgchange -q -a y vd-domain')
  expect((await two.exec('head -c 8 /dev/vd-domain/disk')).stdout).toBe('written\n')
  await Promise.all([one, two].map((host) => host.exec(`vgchange -q -a n vd-domain && ${node} --logout`)))
  expect(await target.listSessions()).toEqual([])
})

it('mounts NFS as pools of libvirt; locks hold between hosts, and a host that lost its power loses them after the lease', async ({
  lab,
}) => {
  const [one, two] = pair(lab)
  const storage = await lab.startStorageServer()
  const nfs = await storage.startNfs({
    exports: [
      { name: 'data' },
      { name: 'old', versions: [3] },
      { name: 'read-only', readOnly: true },
      { name: 'squashed', rootSquash: true },
      { name: 'foreign', owner: '36:36', mode: '0700' },
    ],
  })
  const mount = (name: string, version: string): string =>
    `mkdir -p /export/${name} && mount -t nfs -o vers=${version} ${nfs.sourceOf(name)} /export/${name}`
  await two.exec(mount('old', '3'))
  expect(await fails(two, mount('old', '4.2'))).toContain('No such file or directory')
  expect(await fails(two, mount('missing', '4.2'))).toContain('No such file or directory')
  await two.exec(['read-only', 'squashed', 'foreign'].map((name) => mount(name, '4.2')).join(' && '))
  expect(await fails(two, 'touch /export/read-only/mark')).toContain('Read-only file system')
  expect(await fails(two, 'touch /export/squashed/mark')).toContain('Permission denied')
  expect((await two.exec('stat -c %u:%g:%a /export/foreign')).stdout).toBe('36:36:700\n')

  const source = `<host name="${storage.address}"/><dir path="/exports/data"/><format type="nfs"/><protocol ver="4.2"/>`
  const pool = `<pool type="netfs"><name>data</name><source>${source}</source><target><path>/data</path></target></pool>`
  for (const host of [one, two]) {
    await host.exec('mkdir /data && cat > /run/pool.xml', { input: pool })
    await host.virsh(['pool-create', '/run/pool.xml'])
  }
  await one.exec('qemu-img create -q -f qcow2 /data/disk.qcow2 16M && echo written > /data/token')
  expect((await two.exec('cat /data/token')).stdout).toBe('written\n')

  await holdImage(one, '/data/disk.qcow2')
  expect(await canLockImage(two, '/data/disk.qcow2')).toBe(false)
  await nfs.hang()
  await expect(two.exec('touch /data/mark', { timeoutMs: 3000 })).rejects.toThrow('no end')
  await nfs.release()
  await nfs.setExports([{ name: 'data' }])
  expect(await canLockImage(two, '/data/disk.qcow2')).toBe(false)
  // It is mounted there still: whether that is asked first, or the server, is the kernel's affair.
  expect(await fails(two, mount('squashed', '4.2'))).toMatch(/No such file or directory|Stale file handle/)
  await one.virsh(['pool-define-as', 'kept', 'dir', '--target', '/srv'])
  await one.powerCut()
  await waitFor('the lease of the dead host ends', () => canLockImage(two, '/data/disk.qcow2'), 120_000)
})

it('comes back after a power cut with what libvirt had, and goes off when it is told to', async ({ lab }) => {
  const [one, two] = pair(lab)
  await one.powerOn()
  expect((await one.virsh(['pool-list', '--all', '--name'])).stdout.trim()).toBe('kept')
  await two.exec('poweroff', { allowFailure: true })
  await two.waitUntilOff()
})

import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type HostLun, scanLuns } from '../../src/main/storage/on-host/block/index.ts'
import { lunPathOf, type StorageDomainId } from '../../src/shared/domain/index.ts'
import { waitFor } from '../lab/command.ts'
import { uploadFile } from '../lab/disk-client.ts'
import type { LabHost } from '../lab/host.ts'
import { type LinkBench, startLinkBench } from '../lab/host-link-bench.ts'
import type { IscsiTarget } from '../lab/iscsi-target.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { startVmBench } from '../lab/vm-bench.ts'

/*
 * A storage domain on LUNs from its making to its end, through the engine, on two hosts with kernels of their own: LVM and ext4 under
 * emulation take minutes, so `npm test` leaves it out.
 */
vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 1_200_000 })

/** Signing in to an emulated host. */
const SLOW = { connectTimeoutMs: 60_000 }
const PATIENT = { timeoutMs: 300_000 }
const WAIT_MS = 600_000
const CHAP = { user: 'vd', password: 'secret-12-chars' }
const none = {}

describe('a storage domain on LUNs', () => {
  let lab: Lab
  let first: LabHost
  let second: LabHost
  let iscsi: IscsiTarget
  let link: LinkBench

  /** Of the target, with what is on them. */
  const lookAtLuns = async (): Promise<readonly HostLun[]> => {
    const targets = [{ portal: iscsi.portal, target: iscsi.iqn }]
    return (await scanLuns(link.link, { targets, chapUser: CHAP.user, chapPassword: CHAP.password }, none)).luns
  }

  beforeAll(async () => {
    lab = await startLab({ hosts: 2, host: { kernel: 'own', qemuUser: 'libvirt-qemu' } })
    const [one, two] = lab.hosts
    if (one === undefined || two === undefined) throw new Error('the lab has two hosts')
    first = one
    second = two
    const storage = await lab.startStorageServer()
    iscsi = await storage.startIscsi({ name: 'luns', lunsMiB: [1024, 1024, 64], chap: CHAP })
    link = await startLinkBench(first, SLOW)
    expect(await link.link.whenLive(120_000)).toBe(true)
  })
  afterAll(async () => {
    await link?.stop()
    await lab?.stop()
  })

  test('has its volumes active where their machine runs, and is gone without a trace', async () => {
    /** What of LUNs is on a host: sessions, records of targets, volumes, folders, pools. */
    const tracesOn = async (host: LabHost) =>
      (
        await host.exec(
          'iscsiadm -m session 2>/dev/null; find /etc/iscsi/nodes /var/lib/virtdeck -mindepth 2 2>/dev/null; dmsetup ls | grep -v "No devices"; virsh -q pool-list --all --name | grep -v "^$"; true',
          PATIENT,
        )
      ).stdout
    const volumesOn = async (host: LabHost) => (await host.exec('dmsetup ls', PATIENT)).stdout
    const before = await Promise.all(lab.hosts.map(tracesOn))
    const targets = [{ portal: iscsi.portal, target: iscsi.iqn }]
    const luns = await lookAtLuns()
    const [lunIds, whole = ''] = [luns.slice(0, 2).map(({ lunId }) => lunId), luns[2]?.lunId]
    const bench = await startVmBench()
    try {
      const { topics } = bench.composed
      await bench.call('settings.set', SLOW)
      for (const host of lab.hosts) await bench.addHost(host)
      await waitFor('both hosts are up', () => bench.hosts().every(({ status }) => status === 'up'), WAIT_MS)
      const [datacenter] = topics.model().datacenters.values()
      const [cluster] = topics.model().clusters.values()
      const { storageDomainId } = await bench.call<{ storageDomainId: StorageDomainId }>('storage.create', {
        datacenterId: datacenter?.id,
        name: 'san',
        type: 'data',
        storage: { kind: 'iscsi', targets, chapUser: CHAP.user, lunIds },
        chapPassword: CHAP.password,
        criticalFreeBytes: 0,
      })
      const active = () =>
        waitFor(
          'the domain is active on both hosts, with its size',
          () => {
            const domain = topics.model().storageDomains.get(storageDomainId)
            const connected = domain?.connections.filter(({ status }) => status === 'connected').length
            return domain?.status === 'active' && connected === 2 && domain.capacityBytes !== null ? domain : undefined
          },
          WAIT_MS,
        )
      expect(await active()).toMatchObject({ locks: { verdict: 'none' }, owner: { status: 'ours' } })

      const bytes = new Uint8Array(4 * 1024 ** 2)
      bytes.set(randomBytes(1024 ** 2), 1024 ** 2)
      const source = {
        async *open(offset: number) {
          yield { data: bytes.slice(offset) }
        },
      }
      const input = { storageDomainId, fileName: 'seed.img', sizeBytes: bytes.length }
      const { diskId } = await uploadFile(bench, input, source).done
      await bench.call('disk.remove', { diskId })

      const disks = [{ storageDomainId, sizeGiB: 1 / 16 }]
      const spec = { name: 'web', clusterId: cluster?.id, memoryMiB: 64, vcpus: 1, disks, start: true }
      const { vmId } = await bench.call<{ vmId: string }>('vm.create', spec)
      const { hostId } = await waitFor('it runs', () => [bench.vm('web')].find((vm) => vm?.status === 'up'), WAIT_MS)
      const isOn = ({ address }: LabHost) =>
        bench.hosts().some((host) => host.id === hostId && host.address === address)
      const [there, elsewhere] = isOn(first) ? [first, second] : [second, first]
      expect(await volumesOn(there)).toContain('web--')
      expect(await volumesOn(elsewhere)).not.toContain('web--')
      // A start behind the engine's back finds no disk.
      const { stdout: xml } = await there.exec('virsh dumpxml --inactive web', PATIENT)
      await elsewhere.exec(`cat > /tmp/web.xml <<'END'\n${xml}\nEND`, PATIENT)
      await expect(elsewhere.exec('virsh create /tmp/web.xml', PATIENT)).rejects.toThrow(/No such file|Cannot access/)

      // One more disk as it runs, and a LUN that the domain does not have; then to the other host with all.
      const { diskId: moreId } = await bench.call<{ diskId: string }>('disk.create', {
        storageDomainId,
        alias: 'more',
        sizeBytes: 32 * 1024 ** 2,
      })
      expect(await bench.call('vm.attach-disk', { vmId, diskId: moreId, bus: 'virtio' })).toMatchObject({
        waiting: false,
      })
      expect(await volumesOn(there)).toContain('more--')
      await bench.call('disk.resize', { diskId: moreId, sizeBytes: 48 * 1024 ** 2 })
      const sizes = (await there.exec('virsh domblkinfo web vda', PATIENT)).stdout
      expect(sizes).toMatch(/Capacity:\s+50331648/)
      const attach = { vmId, lunId: whole, bus: 'virtio' }
      expect((await bench.refusal('vm.attach-disk', { ...attach, lunId: lunIds[0] })).code).toBe('vm.lun-of-domain')
      expect(await bench.call('vm.attach-disk', attach)).toMatchObject({ waiting: false })
      const hasLun = () => bench.vm('web')?.disks.some(({ source }) => source === lunPathOf(whole))
      await waitFor('it has the LUN', hasLun, WAIT_MS)
      const destination = bench.hosts().find((host) => host.id !== hostId)
      await bench.call('vm.migrate', { vmId, hostId: destination?.id })
      await waitFor('it runs on the other host', () => bench.vm('web')?.hostId === destination?.id, WAIT_MS)
      await waitFor('its volumes are let go of', async () => !/web--|more--/.test(await volumesOn(there)), WAIT_MS)
      const arrived = await volumesOn(elsewhere)
      for (const name of ['web--', 'more--']) expect(arrived).toContain(name)
      await bench.call('vm.poweroff', { vmId })
      await waitFor('they are let go of', async () => !/web--|more--/.test(await volumesOn(elsewhere)), WAIT_MS)
      await bench.call('vm.remove', { vmId, removeDisks: true })

      await bench.call('storage.maintenance', { storageDomainId })
      expect(await Promise.all(lab.hosts.map(tracesOn))).toEqual(before)
      await bench.call('storage.activate', { storageDomainId })
      await active()
      await bench.call('storage.maintenance', { storageDomainId })
      await bench.call('storage.detach', { storageDomainId })
      await bench.call('storage.remove', { storageDomainId, format: true })
      expect(await Promise.all(lab.hosts.map(tracesOn))).toEqual(before)
      expect((await lookAtLuns()).map(({ lunId, use }) => [lunId, use.kind])).toEqual(
        luns.map(({ lunId }) => [lunId, 'free']),
      )
    } finally {
      await bench.stop()
    }
  })
})

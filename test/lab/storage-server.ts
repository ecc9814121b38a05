import { GlusterVolume } from './gluster.ts'
import { LabHost } from './host.ts'
import type { HostPaths } from './host-files.ts'
import { IscsiTarget, type IscsiTargetOptions } from './iscsi-target.ts'
import type { LabNetwork } from './network.ts'
import { storageNumber } from './network.ts'
import { NfsServer, type NfsServerOptions } from './nfs-server.ts'

/** A service of the server that comes back with its power. */
interface Service {
  start(): Promise<void>
}

/** What a server has of each kind, for a person to try. */
export interface StorageSamples {
  readonly address: string
  /** What mount(8) takes: two exports of NFS 4.1 and 4.2, and one of version 3. */
  readonly nfs: readonly string[]
  readonly gluster: string
  readonly iscsi: { readonly portal: string; readonly target: string }
}

/** The storage server of a lab: real servers in namespaces of their own, on an address of the lab's. What they store outlives a power cut. */
export class StorageServer {
  /** The server as a machine of the lab: `exec`, `address`, … */
  readonly host: LabHost
  readonly #services: Service[] = []
  #targets = 0

  constructor(slot: number, paths: HostPaths) {
    const keptFolders = ['/srv', '/var/lib/glusterd']
    this.host = new LabHost(slot, storageNumber, paths, { libvirt: 'absent', keptFolders })
  }

  get address(): string {
    return this.host.address
  }

  /** Makes a GlusterFS volume; takes some seconds. `mountOn` of it gives it to a host. */
  async startGluster(name: string): Promise<GlusterVolume> {
    const volume = new GlusterVolume(this.host, name)
    await volume.create()
    this.#services.push({ start: () => volume.resume() })
    return volume
  }

  /** Makes an iSCSI target with its LUNs. */
  async startIscsi(options: IscsiTargetOptions): Promise<IscsiTarget> {
    this.#targets += 1
    const target = new IscsiTarget(this.host, options, this.#targets)
    await target.start()
    this.#services.push(target)
    return target
  }

  /** Starts the NFS server, of which there is one. Its clients are hosts with a kernel of their own. */
  async startNfs(options: NfsServerOptions): Promise<NfsServer> {
    const server = new NfsServer(this.host, options)
    await server.start()
    this.#services.push(server)
    return server
  }

  /** Starts something of each kind, for a person to try. */
  async startSamples(): Promise<StorageSamples> {
    const exports = [{ name: 'data' }, { name: 'iso' }, { name: 'old', versions: [3] }] as const
    const nfs = await this.startNfs({ exports })
    const gluster = await this.startGluster('data')
    const { portal, iqn } = await this.startIscsi({ name: 'luns', lunsMiB: [10_240, 10_240] })
    return {
      address: this.address,
      nfs: exports.map(({ name }) => nfs.sourceOf(name)),
      gluster: gluster.source,
      iscsi: { portal, target: iqn },
    }
  }

  /** The server falls silent and dies, as at a power cut; locks and sessions with it. */
  async powerCut(): Promise<void> {
    await this.host.powerCut()
  }

  /** Power is back: the server boots and its services start again with what they had stored. */
  async powerOn(): Promise<void> {
    await this.host.powerOn()
    for (const service of this.#services) await service.start()
  }

  /** Unplugs the server: nothing reaches it, and nobody is told. */
  async cutLine(network: LabNetwork = 'lab0'): Promise<void> {
    await this.host.setLink('down', network)
  }

  /** Plugs the server in again. */
  async restoreLine(network: LabNetwork = 'lab0'): Promise<void> {
    await this.host.setLink('up', network)
  }
}

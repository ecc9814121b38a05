import type { LabHost } from './host.ts'

const startDaemon = 'pidof glusterd >/dev/null || glusterd'

/**
 * A volume of a real GlusterFS server, which hosts mount by FUSE: a shared file system whose locks (flock and OFD) go through the
 * server and so hold between hosts, as they do between machines.
 */
export class GlusterVolume {
  readonly name: string
  /** What mount(8) and libvirt's netfs pools of format `glusterfs` call it: `10.77.0.20:/data`. */
  readonly source: string
  readonly #server: LabHost

  constructor(server: LabHost, name: string) {
    this.#server = server
    this.name = name
    this.source = `${server.address}:/${name}`
  }

  /** Makes the volume and starts it. Its brick is `/srv/gluster/<name>` on the server. */
  async create(): Promise<void> {
    const { address } = this.#server
    // Short times: the server frees the locks of a host whose power was cut after about five seconds, not after a minute.
    const options = {
      'client.strict-locks': 'on',
      'performance.strict-o-direct': 'on',
      'network.ping-timeout': '5',
      'server.tcp-user-timeout': '5',
      'server.keepalive-time': '2',
      'server.keepalive-interval': '1',
      'server.keepalive-count': '3',
    }
    const brick = `/srv/gluster/${this.name}`
    const sets = Object.entries(options).map(([key, value]) => `gluster volume set ${this.name} ${key} ${value}`)
    const script = [
      'set -e',
      startDaemon,
      `mkdir -p ${brick}`,
      `gluster --mode=script volume create ${this.name} ${address}:${brick} force`,
      ...sets,
      `gluster volume start ${this.name}`,
    ]
    await this.#server.exec(script.join('\n'), { timeoutMs: 120_000 })
  }

  /** Starts the server's daemons again after its power was cut; they start the volume. */
  async resume(): Promise<void> {
    await this.#server.exec(startDaemon)
    await this.#server.exec(`gluster volume start ${this.name} force`, { timeoutMs: 60_000 })
  }

  /** Mounts the volume at `path` of a host. Goes with the host's power; mount it again after `powerOn`. */
  async mountOn(host: LabHost, path: string): Promise<void> {
    await host.exec(`mkdir -p ${path} && mount -t glusterfs ${this.source} ${path}`, { timeoutMs: 60_000 })
  }

  /** Takes the mount away from under whoever uses it. */
  async unmountFrom(host: LabHost, path: string): Promise<void> {
    await host.exec(`umount -l ${path}`)
  }

  /** Makes a host's mount hang: whatever asks it waits, until `release`. */
  async hang(host: LabHost, path: string): Promise<void> {
    await this.#signalClient(host, path, 'STOP')
  }

  /** Lets a mount that hangs go on. */
  async release(host: LabHost, path: string): Promise<void> {
    await this.#signalClient(host, path, 'CONT')
  }

  /** Ends the volume's server side; its mounts wait and then fail (ENOTCONN) until `start`. */
  async stop(): Promise<void> {
    await this.#server.exec(`gluster --mode=script volume stop ${this.name} force`, { timeoutMs: 60_000 })
  }

  /** Starts the volume after `stop`. */
  async start(): Promise<void> {
    await this.#server.exec(`gluster volume start ${this.name}`, { timeoutMs: 60_000 })
  }

  /** Gives the volume's root folder another owner and mode, as seen by every host. */
  async setOwner(owner: string, mode = '0755'): Promise<void> {
    const brick = `/srv/gluster/${this.name}`
    await this.#server.exec(`chown ${owner} ${brick} && chmod ${mode} ${brick}`)
  }

  async #signalClient(host: LabHost, path: string, signal: 'STOP' | 'CONT'): Promise<void> {
    await host.exec(`
      for p in $(pidof glusterfs); do
        if tr '\\0' ' ' < /proc/$p/cmdline | grep -q -- " ${path} "; then kill -${signal} $p; found=1; fi
      done
      [ "$found" = 1 ] || { echo "nothing of GlusterFS is mounted at ${path}" >&2; exit 1; }`)
  }
}

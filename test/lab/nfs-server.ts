import { waitFor } from './command.ts'
import type { LabHost } from './host.ts'

/** One export of the NFS server. */
export interface NfsExport {
  /** Clients mount `<address>:/exports/<name>`; on the server it is the folder `/srv/nfs/<name>`. */
  readonly name: string
  /** The versions it is served in; default 4 (4.1 and 4.2). */
  readonly versions?: readonly (3 | 4)[]
  readonly readOnly?: boolean
  /** root of a client is nobody on the server. Default false. */
  readonly rootSquash?: boolean
  /** Owner and mode of the folder at first; default `0:0` and `0755`. */
  readonly owner?: string
  readonly mode?: string
}

/** What an NFS server is made of. */
export interface NfsServerOptions {
  readonly exports: readonly NfsExport[]
  /** How long a client that falls silent keeps its locks; the server also waits so long after its own start. Default 10. */
  readonly leaseSeconds?: number
}

/** nfs-ganesha on the storage server: real NFS 3, 4.1 and 4.2, for hosts with a kernel of their own. */
export class NfsServer {
  readonly #server: LabHost
  readonly #leaseSeconds: number
  #exports: readonly NfsExport[]

  constructor(server: LabHost, { exports, leaseSeconds = 10 }: NfsServerOptions) {
    this.#server = server
    this.#exports = exports
    this.#leaseSeconds = leaseSeconds
  }

  /** What a client mounts, e.g. `10.77.0.20:/exports/data`. */
  sourceOf(name: string): string {
    return `${this.#server.address}:/exports/${name}`
  }

  /** Starts the server; resolves once it serves. Clients that had locks get them back in its grace period. */
  async start(): Promise<void> {
    await this.#prepare()
    const script = `set -e
mkdir -p /run/dbus /run/ganesha /srv/nfs-recovery
[ -S /run/dbus/system_bus_socket ] || { rm -f /run/dbus/pid; dbus-daemon --system --fork; }
pidof rpcbind > /dev/null || rpcbind
pidof rpc.statd > /dev/null || rpc.statd --no-notify
ganesha.nfsd -f /etc/ganesha/ganesha.conf -L /srv/nfs.log -p /run/ganesha.pid`
    await this.#server.exec(script)
    await waitFor('the NFS server serves', async () => {
      const { code } = await this.#server.exec("bash -c ': < /dev/tcp/127.0.0.1/2049'", { allowFailure: true })
      return code === 0
    })
  }

  /** Ends the server the orderly way; its clients wait for it. */
  async stop(): Promise<void> {
    await this.#signal('TERM')
    await this.#waitForEnd()
  }

  /** Lets the server hang: its connections stay open and nothing is answered. */
  async hang(): Promise<void> {
    await this.#signal('STOP')
  }

  /** Lets a server that hangs go on. */
  async release(): Promise<void> {
    await this.#signal('CONT')
  }

  /** Serves these exports from now on, in place of those it had: by a restart of the server, which keeps its clients’ locks. */
  async setExports(exports: readonly NfsExport[]): Promise<void> {
    this.#exports = exports
    await this.stop()
    await this.start()
  }

  /** Gives an export's folder another owner (`36:36`) and mode while it is in use. */
  async setOwner(name: string, owner: string, mode = '0755'): Promise<void> {
    await this.#server.exec(`chown ${owner} /srv/nfs/${name} && chmod ${mode} /srv/nfs/${name}`)
  }

  async #prepare(): Promise<void> {
    const folders = this.#exports.map(
      ({ name, owner = '0:0', mode = '0755' }) =>
        `[ -d /srv/nfs/${name} ] || { mkdir -p /srv/nfs/${name}; chown ${owner} /srv/nfs/${name}; chmod ${mode} /srv/nfs/${name}; }`,
    )
    await this.#server.exec(`set -e\n${folders.join('\n')}\ncat > /etc/ganesha/ganesha.conf`, { input: this.#config() })
  }

  #config(): string {
    const exports = this.#exports.map(
      ({ name, versions = [4], readOnly = false, rootSquash = false }, index) => `
EXPORT {
  Export_Id = ${index + 1}; Path = /srv/nfs/${name}; Pseudo = /exports/${name};
  Protocols = ${versions.join(',')}; Access_Type = ${readOnly ? 'RO' : 'RW'};
  Squash = ${rootSquash ? 'Root_Squash' : 'No_Root_Squash'}; SecType = sys;
  FSAL { Name = VFS; }
}`,
    )
    return `NFS_CORE_PARAM { Protocols = 3,4; mount_path_pseudo = true; }
NFSv4 {
  Lease_Lifetime = ${this.#leaseSeconds}; Grace_Period = ${this.#leaseSeconds}; Minor_Versions = 1,2;
  Allow_Numeric_Owners = true; Only_Numeric_Owners = true;
  RecoveryBackend = fs; RecoveryRoot = /srv/nfs-recovery;
}
${exports.join('\n')}
`
  }

  async #signal(name: 'TERM' | 'STOP' | 'CONT'): Promise<void> {
    await this.#server.exec(`kill -${name} $(pidof ganesha.nfsd)`)
  }

  async #waitForEnd(): Promise<void> {
    await waitFor('the NFS server ends', async () => {
      const { code } = await this.#server.exec('pidof ganesha.nfsd', { allowFailure: true })
      return code !== 0
    })
  }
}

import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { type CommandOptions, type CommandResult, runCommand, waitFor } from './command.ts'
import {
  createKey,
  fingerprintOf,
  type HostOptions,
  type HostPaths,
  type LabUser,
  labUsers,
  writeHostFiles,
} from './host-files.ts'
import { createNetns, killAll, type LabNetwork, listPids, listPidsOf, placeOf, setLink, signal } from './network.ts'

/** One KVM host of the lab: how to reach it, and what can be done to it. */
export class LabHost {
  readonly name: string
  readonly number: number
  /** Where an app reaches it (network lab0), port 22. */
  readonly address: string
  /** Its address on the migration network (lab1). */
  readonly migrationAddress: string
  readonly user = 'root'
  readonly users: readonly LabUser[] = labUsers
  readonly privateKeyPath: string
  readonly hostKeyType = 'ssh-ed25519'
  readonly #slot: number
  readonly #paths: HostPaths
  readonly #options: HostOptions
  #fingerprint = ''
  #initPid: number | undefined

  constructor(slot: number, number: number, paths: HostPaths, options: HostOptions) {
    this.#slot = slot
    this.#paths = paths
    this.#options = options
    this.number = number
    this.name = `node${number}.lab`
    const { addresses } = placeOf(slot, number)
    this.address = addresses.lab0
    this.migrationAddress = addresses.lab1
    this.privateKeyPath = `${paths.keys}/id`
  }

  /** The SHA256 fingerprint of the host's ed25519 key, as OpenSSH prints it. */
  get hostKeyFingerprint(): string {
    return this.#fingerprint
  }

  /** The host's PID 1 as this machine counts it; throws while the host is off. */
  get initPid(): number {
    if (this.#initPid === undefined) throw new Error(`${this.name} is off`)
    return this.#initPid
  }

  get #place() {
    return placeOf(this.#slot, this.number)
  }

  /** Makes the host from nothing and starts it; resolves once sshd and libvirtd answer. */
  async create(): Promise<void> {
    await Promise.all([
      writeHostFiles(this.#slot, this.number, this.#paths, this.#options),
      createNetns(this.#slot, this.number),
    ])
    this.#fingerprint = await fingerprintOf(`${this.#paths.root}/ssh/ssh_host_ed25519_key.pub`)
    await this.powerOn()
  }

  /** Starts a host that is off. What it had on disk (defined machines) is there again. */
  async powerOn(): Promise<void> {
    const { netns, links } = this.#place
    const { root } = this.#paths
    await setLink(links.lab0, 'up')
    await setLink(links.lab1, 'up')
    const log = openSync(`${root}/boot.log`, 'a')
    const unshare = ['unshare', '-m', '-u', '-p', '-f', '--kill-child', 'bash', `${root}/init.sh`]
    const child = spawn('ip', ['netns', 'exec', netns, ...unshare], { stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    child.unref()
    this.#initPid = await waitFor(`${this.name} has a PID 1`, async () => {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
      return Number(children.trim().split(' ')[0]) || undefined
    })
    try {
      await this.waitUntilReady()
    } catch (error) {
      const log = await readFile(`${root}/boot.log`, 'utf8').catch(() => '')
      throw new Error(`${this.name} did not start: ${error instanceof Error ? error.message : String(error)}\n${log}`)
    }
  }

  /** Resolves once sshd greets and, where the host has it, libvirtd answers a call. */
  async waitUntilReady(): Promise<void> {
    await Promise.all([this.#waitForSshd(), this.#options.libvirt === 'absent' ? undefined : this.#waitForLibvirtd()])
  }

  #waitForSshd(): Promise<true> {
    return waitFor(`sshd of ${this.name}`, () =>
      probeSocket(connect({ host: this.address, port: 22 }), (bytes) => bytes.toString('latin1').startsWith('SSH-')),
    )
  }

  async #waitForLibvirtd(): Promise<void> {
    const socket = `/proc/${this.initPid}/root/run/libvirt/libvirt-sock`
    await waitFor(
      `libvirtd of ${this.name} listens`,
      () => existsSync(socket) && probeSocket(connect({ path: socket })),
    )
    const answers = async () => (await this.virsh(['version'], { allowFailure: true })).code === 0
    await waitFor(`libvirtd of ${this.name} answers`, answers)
  }

  /** Runs a shell command inside the host, as its root. */
  exec(command: string, options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand('nsenter', [...this.#enterArgs(), 'sh', '-c', command], options)
  }

  /** Runs `virsh -c qemu:///system …` inside the host: the change that somebody makes next door. */
  virsh(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand('nsenter', [...this.#enterArgs(), 'virsh', '-q', '-c', 'qemu:///system', ...args], options)
  }

  #enterArgs(): string[] {
    return ['-t', String(this.initPid), '-m', '-u', '-p', '-n', '-r', '--']
  }

  /** Defines a machine from domain XML (see guest-xml.ts). */
  async defineVm(xml: string): Promise<void> {
    await this.exec('cat > /run/define.xml', { input: xml })
    await this.virsh(['define', '/run/define.xml'])
  }

  /** Ends and undefines every machine of the host, saved states and snapshots' records included. */
  async resetVms(): Promise<void> {
    const { stdout } = await this.virsh(['list', '--all', '--uuid'])
    const remove = 'undefine --managed-save --snapshots-metadata --checkpoints-metadata --nvram'
    const lines = stdout.split('\n').flatMap((uuid) => (uuid === '' ? [] : [`destroy ${uuid}`, `${remove} ${uuid}`]))
    // one virsh for all of them, told by its input: from there it goes on after a command that fails
    if (lines.length > 0) {
      const options = { input: `${lines.join('\n')}\n`, allowFailure: true, timeoutMs: 90_000 }
      await runCommand('nsenter', [...this.#enterArgs(), 'virsh', '-q', '-c', 'qemu:///system'], options)
    }
    const left = (await this.virsh(['list', '--all', '--name'])).stdout.trim()
    if (left) throw new Error(`${this.name} still has machines: ${left}`)
  }

  /** Kills sshd: the listener and every session. */
  async killSshd(): Promise<void> {
    await this.#end('sshd', 'SIGKILL')
  }

  /** Kills the sessions only; the listener stays and takes new ones. */
  async killSshSessions(): Promise<void> {
    const listener = Number((await this.exec('cat /run/sshd.pid')).stdout)
    await this.exec(`for p in $(busybox pidof sshd); do [ "$p" = ${listener} ] || kill -KILL "$p"; done`)
  }

  /** Starts sshd after `killSshd`. */
  async startSshd(): Promise<void> {
    await this.exec('/usr/sbin/sshd')
    await this.#waitForSshd()
  }

  /** Kills libvirtd; its machines run on. */
  async killLibvirtd(): Promise<void> {
    await this.#end('libvirtd', 'SIGKILL')
  }

  /** Ends libvirtd the orderly way. */
  async terminateLibvirtd(): Promise<void> {
    await this.#end('libvirtd', 'SIGTERM')
  }

  /** Stops libvirtd so that it hangs: its sockets stay open and nothing answers. */
  async stopLibvirtd(): Promise<void> {
    for (const pid of await listPidsOf(this.#place.netns, 'libvirtd')) signal(pid, 'SIGSTOP')
  }

  /** Lets a stopped libvirtd go on. */
  async contLibvirtd(): Promise<void> {
    for (const pid of await listPidsOf(this.#place.netns, 'libvirtd')) signal(pid, 'SIGCONT')
  }

  /** Starts libvirtd after it was killed or terminated. */
  async startLibvirtd(): Promise<void> {
    await this.exec('rm -f /run/libvirtd.pid; /usr/sbin/libvirtd -d')
    await this.#waitForLibvirtd()
  }

  async #end(program: string, name: NodeJS.Signals): Promise<void> {
    const { netns } = this.#place
    for (const pid of await listPidsOf(netns, program)) signal(pid, name)
    await waitFor(`${program} of ${this.name} ends`, async () => (await listPidsOf(netns, program)).length === 0)
  }

  /** Power cut: the cables go silent first, so that nobody is told, then everything in the host dies. */
  async powerCut(): Promise<void> {
    const { netns, links } = this.#place
    await setLink(links.lab0, 'down')
    await setLink(links.lab1, 'down')
    await killAll(netns)
    this.#initPid = undefined
  }

  /** Plugs a network cable of the host in or out. */
  async setLink(state: 'up' | 'down', network: LabNetwork = 'lab0'): Promise<void> {
    await setLink(this.#place.links[network], state)
  }

  /** Gives the host a new host key, as a reinstalled host has, and returns its fingerprint. */
  async replaceHostKey(): Promise<string> {
    const file = `${this.#paths.root}/ssh/ssh_host_ed25519_key`
    await createKey(file)
    this.#fingerprint = await fingerprintOf(`${file}.pub`)
    await this.killSshd()
    await this.startSshd()
    return this.#fingerprint
  }

  /** How many processes the host runs at present. */
  async countProcesses(): Promise<number> {
    return (await listPids(this.#place.netns)).length
  }
}

/** Connects; true once connected and, with `isGreeting`, once the first bytes satisfy it; false when refused. */
function probeSocket(socket: Socket, isGreeting?: (bytes: Buffer) => boolean): Promise<true | false> {
  return new Promise((resolve) => {
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
    socket.once('connect', () => {
      if (!isGreeting) finish(true)
    })
    socket.once('data', (bytes) => finish(isGreeting?.(bytes) ?? true))
  })
}

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
import { startLine } from './host-init.ts'
import { daemonsOf, fetchLayers, type HostLibvirt, type LibvirtDaemon, socketOf } from './host-system.ts'
import {
  createNetns,
  killAll,
  type LabNetwork,
  listPids,
  listPidsOf,
  nameOf,
  placeOf,
  setLink,
  signal,
} from './network.ts'
import { keepCapabilities } from './qemu-capabilities.ts'

/** OpenSSH 10 serves each session by programs of their own. */
const sshPrograms = ['sshd', 'sshd-session', 'sshd-auth']
const listSshSessions = `for p in $(busybox pidof ${sshPrograms.join(' ')}); do [ "$p" = "$(cat /run/sshd.pid)" ] || echo "$p"; done`

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
    this.name = nameOf(number)
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

  get #libvirt(): HostLibvirt {
    return this.#options.libvirt ?? 'libvirtd'
  }

  /** The socket, as the host knows it, where qemu:///system is served. */
  get libvirtSocket(): string {
    const daemons = daemonsOf(this.#libvirt)
    return socketOf(daemons.find((daemon) => daemon === 'virtproxyd') ?? daemons[0] ?? 'libvirtd')
  }

  get #place() {
    return placeOf(this.#slot, this.number)
  }

  /** Makes the host from nothing and starts it; resolves once sshd and libvirtd answer. */
  async create(): Promise<void> {
    const layers = await fetchLayers(this.#options.system ?? 'machine', this.#libvirt)
    await Promise.all([
      writeHostFiles(this.#slot, this.number, this.#paths, this.#options, layers),
      createNetns(this.#slot, this.number),
    ])
    this.#fingerprint = await fingerprintOf(`${this.#paths.root}/ssh/ssh_host_ed25519_key.pub`)
    await this.powerOn()
    await keepCapabilities(layers, `${this.#paths.root}/cache`)
  }

  /** Starts a host that is off. What it had on disk (defined machines) is there again. */
  async powerOn(): Promise<void> {
    const { netns, links } = this.#place
    const { root } = this.#paths
    await setLink(links.lab0, 'up')
    await setLink(links.lab1, 'up')
    const log = openSync(`${root}/boot.log`, 'a')
    const unshare = ['unshare', '-m', '-u', '-p', '-f', '--kill-child', 'bash', `${root}/root.sh`]
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

  /** Resolves once sshd greets and, where the host has it, libvirt answers a call. */
  async waitUntilReady(): Promise<void> {
    await Promise.all([this.#waitForSshd(), this.#libvirt === 'absent' ? undefined : this.#waitForLibvirt()])
  }

  #waitForSshd(): Promise<true> {
    return waitFor(`sshd of ${this.name}`, () =>
      probeSocket(connect({ host: this.address, port: 22 }), (bytes) => bytes.toString('latin1').startsWith('SSH-')),
    )
  }

  async #waitForLibvirt(): Promise<void> {
    await Promise.all(daemonsOf(this.#libvirt).map((daemon) => this.#waitUntilListening(daemon)))
    const answers = async () => (await this.virsh(['version'], { allowFailure: true })).code === 0
    await waitFor(`libvirt of ${this.name} answers`, answers)
  }

  #waitUntilListening(daemon: LibvirtDaemon): Promise<true> {
    const path = `/proc/${this.initPid}/root${socketOf(daemon)}`
    return waitFor(`${daemon} of ${this.name} listens`, () => existsSync(path) && probeSocket(connect({ path })))
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
    await this.#end(sshPrograms, 'SIGKILL')
  }

  /** Kills the sessions only; the listener stays and takes new ones. */
  async killSshSessions(): Promise<void> {
    await this.exec(`for p in $(${listSshSessions}); do kill -KILL "$p"; done`)
  }

  /** How many processes of sshd serve sessions at present. */
  async countSshSessions(): Promise<number> {
    return Number((await this.exec(`${listSshSessions} | wc -w`)).stdout)
  }

  /** Starts sshd after `killSshd`. */
  async startSshd(): Promise<void> {
    await this.exec('/usr/sbin/sshd')
    await this.#waitForSshd()
  }

  /** Kills the host's libvirt, all of its daemons; the machines run on. */
  async killLibvirtd(): Promise<void> {
    await this.#end(daemonsOf(this.#libvirt), 'SIGKILL')
  }

  /** Ends the host's libvirt the orderly way. */
  async terminateLibvirtd(): Promise<void> {
    await this.#end(daemonsOf(this.#libvirt), 'SIGTERM')
  }

  /** Stops the host's libvirt so that it hangs: its sockets stay open and nothing answers. */
  async stopLibvirtd(): Promise<void> {
    await this.#signal(daemonsOf(this.#libvirt), 'SIGSTOP')
  }

  /** Lets a stopped libvirt go on. */
  async contLibvirtd(): Promise<void> {
    await this.#signal(daemonsOf(this.#libvirt), 'SIGCONT')
  }

  /** Starts the host's libvirt after it was killed or terminated. */
  async startLibvirtd(): Promise<void> {
    await this.exec(daemonsOf(this.#libvirt).map(startLine).join('\n'))
    await this.#waitForLibvirt()
  }

  /** Kills one daemon of several (`virtqemud`, `virtstoraged`, …); the others run on. */
  async killDaemon(daemon: LibvirtDaemon): Promise<void> {
    await this.#end([daemon], 'SIGKILL')
  }

  /** Starts a daemon after `killDaemon`, and waits until it listens. */
  async startDaemon(daemon: LibvirtDaemon): Promise<void> {
    await this.exec(startLine(daemon))
    await this.#waitUntilListening(daemon)
  }

  /** Stops one daemon so that it hangs: its socket stays open and it answers nothing. */
  async stopDaemon(daemon: LibvirtDaemon): Promise<void> {
    await this.#signal([daemon], 'SIGSTOP')
  }

  /** Lets a stopped daemon go on. */
  async contDaemon(daemon: LibvirtDaemon): Promise<void> {
    await this.#signal([daemon], 'SIGCONT')
  }

  async #signal(programs: readonly string[], name: NodeJS.Signals): Promise<void> {
    for (const pid of await listPidsOf(this.#place.netns, programs)) signal(pid, name)
  }

  async #end(programs: readonly string[], name: NodeJS.Signals): Promise<void> {
    await this.#signal(programs, name)
    const { netns } = this.#place
    const ended = async () => (await listPidsOf(netns, programs)).length === 0
    await waitFor(`${programs.join(', ')} of ${this.name} end`, ended)
  }

  /** Power cut: the cables go silent first, so that nobody is told, then everything in the host dies. */
  async powerCut(): Promise<void> {
    const { netns, links } = this.#place
    await setLink(links.lab0, 'down')
    await setLink(links.lab1, 'down')
    await killAll(netns)
    this.#initPid = undefined
  }

  /** Resolves once the host has gone off by itself, as after a reboot or shutdown that it was asked for; `powerOn` starts it again. */
  async waitUntilOff(): Promise<void> {
    await waitFor(`${this.name} is off`, async () => (await this.countProcesses()) === 0)
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

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { type CommandOptions, type CommandResult, waitFor } from './command.ts'
import type { HostBody } from './host-body.ts'
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
import { MachineBody } from './machine-body.ts'
import { NamespaceBody } from './namespace-body.ts'
import { createNetns, type LabNetwork, nameOf, placeOf } from './network.ts'
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
  readonly #body: HostBody

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
    const Body = this.#hasOwnKernel ? MachineBody : NamespaceBody
    this.#body = new Body(slot, number, this.name, paths.root)
  }

  /** The SHA256 fingerprint of the host's ed25519 key, as OpenSSH prints it. */
  get hostKeyFingerprint(): string {
    return this.#fingerprint
  }

  /** The host's PID 1 as this machine counts it; throws while the host is off, and where it has a kernel of its own. */
  get initPid(): number {
    return this.#body.initPid
  }

  get #hasOwnKernel(): boolean {
    return this.#options.kernel === 'own'
  }

  /** How long a step of the host's may take. */
  get #patienceMs(): number {
    return this.#hasOwnKernel ? 180_000 : 60_000
  }

  get #libvirt(): HostLibvirt {
    return this.#options.libvirt ?? 'libvirtd'
  }

  /** The socket, as the host knows it, where qemu:///system is served. */
  get libvirtSocket(): string {
    const daemons = daemonsOf(this.#libvirt)
    return socketOf(daemons.find((daemon) => daemon === 'virtproxyd') ?? daemons[0] ?? 'libvirtd')
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
    await keepCapabilities(this.#options, layers, `${this.#paths.root}/cache`)
  }

  /** Starts a host that is off. What it had on disk (defined machines) is there again. */
  async powerOn(): Promise<void> {
    const { root } = this.#paths
    await this.setLink('up', 'lab0')
    await this.setLink('up', 'lab1')
    try {
      await this.#body.start()
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
    // Under emulation a greeting takes its time, and a call that is given up early only makes the next one slower.
    const timeoutMs = this.#hasOwnKernel ? 30_000 : 2000
    const isGreeting = (bytes: Buffer) => bytes.toString('latin1').startsWith('SSH-')
    const greets = () => probeSocket(connect({ host: this.address, port: 22 }), isGreeting, timeoutMs)
    return waitFor(`sshd of ${this.name}`, greets, this.#patienceMs)
  }

  async #waitForLibvirt(): Promise<void> {
    // The sockets of a host with a kernel of its own are no files of this machine.
    if (!this.#hasOwnKernel)
      await Promise.all(daemonsOf(this.#libvirt).map((daemon) => this.#waitUntilListening(daemon)))
    const answers = async () => (await this.virsh(['version'], { allowFailure: true })).code === 0
    await waitFor(`libvirt of ${this.name} answers`, answers, this.#patienceMs)
  }

  #waitUntilListening(daemon: LibvirtDaemon): Promise<true> {
    const path = `/proc/${this.initPid}/root${socketOf(daemon)}`
    return waitFor(`${daemon} of ${this.name} listens`, () => existsSync(path) && probeSocket(connect({ path })))
  }

  /** Runs a shell command inside the host, as its root. */
  exec(command: string, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#body.run(['sh', '-c', command], options)
  }

  /** Runs `virsh -c qemu:///system …` inside the host: the change that somebody makes next door. */
  virsh(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.#body.run(['virsh', '-q', '-c', 'qemu:///system', ...args], options)
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
      await this.virsh([], { input: `${lines.join('\n')}\n`, allowFailure: true, timeoutMs: 90_000 })
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
    await this.#body.signal(programs, name)
  }

  async #end(programs: readonly string[], name: NodeJS.Signals): Promise<void> {
    await this.#signal(programs, name)
    const ended = async () => (await this.#body.count(programs)) === 0
    await waitFor(`${programs.join(', ')} of ${this.name} end`, ended, this.#patienceMs)
  }

  /** Power cut: the cables go silent first, so that nobody is told, then everything in the host dies. */
  async powerCut(): Promise<void> {
    await this.setLink('down', 'lab0')
    await this.setLink('down', 'lab1')
    await this.#body.cut()
  }

  /** Resolves once the host has gone off by itself, as after a reboot or shutdown that it was asked for; `powerOn` starts it again. */
  async waitUntilOff(): Promise<void> {
    await waitFor(`${this.name} is off`, async () => (await this.countProcesses()) === 0, this.#patienceMs)
    this.#body.noteOff()
  }

  /** Plugs a network cable of the host in or out. */
  async setLink(state: 'up' | 'down', network: LabNetwork = 'lab0'): Promise<void> {
    await this.#body.setLink(state, network)
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
    return this.#body.countProcesses()
  }
}

/** Connects; true once connected and, with `isGreeting`, once the first bytes satisfy it; false when refused. */
function probeSocket(socket: Socket, isGreeting?: (bytes: Buffer) => boolean, timeoutMs = 2000): Promise<true | false> {
  return new Promise((resolve) => {
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(timeoutMs, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
    socket.once('connect', () => {
      if (!isGreeting) finish(true)
    })
    socket.once('data', (bytes) => finish(isGreeting?.(bytes) ?? true))
  })
}

import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { type CommandOptions, type CommandResult, waitFor } from './command.ts'
import { GuestAgent } from './guest-agent.ts'
import type { HostBody } from './host-body.ts'
import { killAll, type LabNetwork, listPids, placeOf, setLink } from './network.ts'

const bootLimitMs = 180_000

/** A host that is a machine of QEMU's, under emulation, with a kernel of its own. */
export class MachineBody implements HostBody {
  readonly #place: ReturnType<typeof placeOf>
  readonly #name: string
  readonly #root: string
  readonly #agent: GuestAgent

  /** `root`: the host's files, with `machine.sh` (machine-init.ts). */
  constructor(slot: number, number: number, name: string, root: string) {
    this.#place = placeOf(slot, number)
    this.#name = name
    this.#root = root
    this.#agent = new GuestAgent(`${root}/agent.sock`)
  }

  get initPid(): number {
    throw new Error(`${this.#name} has a kernel of its own: its PID 1 is no process of this machine.`)
  }

  async start(): Promise<void> {
    const log = openSync(`${this.#root}/machine.log`, 'a')
    const alone = ['netns', 'exec', this.#place.netns, 'unshare', '-m', 'bash', `${this.#root}/machine.sh`]
    const child = spawn('ip', alone, { stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    child.unref()
    const boots = async () => {
      if (child.exitCode !== null) return 'ended'
      return (await this.#agent.ping(2000)) && 'answers'
    }
    if ((await waitFor(`${this.#name} boots`, boots, bootLimitMs, 100)) === 'ended')
      throw new Error(`QEMU ended with exit code ${child.exitCode}: see ${this.#root}/machine.log`)
  }

  run(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
    return this.#agent.run(argv, options)
  }

  async signal(programs: readonly string[], name: NodeJS.Signals): Promise<void> {
    const script = `for p in $(busybox pidof "$@"); do kill -${name.slice('SIG'.length)} $p; done; true`
    await this.run(['sh', '-c', script, 'sh', ...programs], {})
  }

  async count(programs: readonly string[]): Promise<number> {
    return Number((await this.run(['sh', '-c', 'busybox pidof "$@" | wc -w', 'sh', ...programs], {})).stdout)
  }

  async countProcesses(): Promise<number> {
    return (await listPids(this.#place.netns)).length
  }

  async setLink(state: 'up' | 'down', network: LabNetwork): Promise<void> {
    await setLink(this.#place.links[network], state)
    if ((await this.countProcesses()) === 0) return
    await this.#setCarrier(network === 'lab0' ? 'nic0' : 'nic1', state)
  }

  async cut(): Promise<void> {
    await killAll(this.#place.netns)
    this.noteOff()
  }

  noteOff(): void {
    this.#agent.close()
  }

  /** Tells the machine's network card that its cable is in or out. */
  #setCarrier(nic: string, state: 'up' | 'down'): Promise<void> {
    const calls = [
      { execute: 'qmp_capabilities' },
      { execute: 'set_link', arguments: { name: nic, up: state === 'up' } },
    ]
    return new Promise((resolve, reject) => {
      const socket = connect(`${this.#root}/qmp.sock`)
      const fail = (error: Error): void => {
        socket.destroy()
        reject(error)
      }
      socket.once('error', fail)
      socket.setTimeout(20_000, () => fail(new Error(`QEMU of ${this.#name} does not answer.`)))
      socket.write(calls.map((call) => `${JSON.stringify(call)}\n`).join(''))
      let answers = 0
      createInterface({ input: socket }).on('line', (line) => {
        const answer = JSON.parse(line) as { readonly return?: unknown; readonly error?: { readonly desc: string } }
        if (answer.error) fail(new Error(`QEMU: ${answer.error.desc}`))
        if (answer.return !== undefined) answers += 1
        if (answers < calls.length) return
        socket.destroy()
        resolve()
      })
    })
  }
}

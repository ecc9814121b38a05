import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type CommandOptions, type CommandResult, runCommand, waitFor } from './command.ts'
import type { HostBody } from './host-body.ts'
import { killAll, type LabNetwork, listPids, listPidsOf, placeOf, setLink, signal } from './network.ts'

/** A host made of namespaces: network, mount, PID and host name. */
export class NamespaceBody implements HostBody {
  readonly #place: ReturnType<typeof placeOf>
  readonly #name: string
  readonly #root: string
  #initPid: number | undefined

  /** `root`: the host's files, with `root.sh` (host-init.ts). */
  constructor(slot: number, number: number, name: string, root: string) {
    this.#place = placeOf(slot, number)
    this.#name = name
    this.#root = root
  }

  get initPid(): number {
    if (this.#initPid === undefined) throw new Error(`${this.#name} is off`)
    return this.#initPid
  }

  async start(): Promise<void> {
    const { netns } = this.#place
    const log = openSync(`${this.#root}/boot.log`, 'a')
    const unshare = ['unshare', '-m', '-u', '-p', '-f', '--kill-child', 'bash', `${this.#root}/root.sh`]
    const child = spawn('ip', ['netns', 'exec', netns, ...unshare], { stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    child.unref()
    this.#initPid = await waitFor(`${this.#name} has a PID 1`, async () => {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
      return Number(children.trim().split(' ')[0]) || undefined
    })
  }

  run(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
    return runCommand('nsenter', ['-t', String(this.initPid), '-m', '-u', '-p', '-n', '-r', '--', ...argv], options)
  }

  async signal(programs: readonly string[], name: NodeJS.Signals): Promise<void> {
    for (const pid of await listPidsOf(this.#place.netns, programs)) signal(pid, name)
  }

  async count(programs: readonly string[]): Promise<number> {
    return (await listPidsOf(this.#place.netns, programs)).length
  }

  async countProcesses(): Promise<number> {
    return (await listPids(this.#place.netns)).length
  }

  async setLink(state: 'up' | 'down', network: LabNetwork): Promise<void> {
    await setLink(this.#place.links[network], state)
  }

  async cut(): Promise<void> {
    await killAll(this.#place.netns)
    this.#initPid = undefined
  }

  noteOff(): void {
    this.#initPid = undefined
  }
}

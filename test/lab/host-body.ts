import type { CommandOptions, CommandResult } from './command.ts'
import type { LabNetwork } from './network.ts'

/** What a host of the lab runs in: namespaces of this machine, or a machine of QEMU's with a kernel of its own. */
export interface HostBody {
  /** The host's PID 1 as this machine counts it; throws where it has none, or is off. */
  readonly initPid: number
  /** Starts what is off; resolves once programs can be run in it. */
  start(): Promise<void>
  /** Runs a program in the host as its root, whatever its network does. As `runCommand` otherwise. */
  run(argv: readonly string[], options: CommandOptions): Promise<CommandResult>
  /** Sends a signal to every process of these programs. */
  signal(programs: readonly string[], name: NodeJS.Signals): Promise<void>
  /** How many processes of these programs run. */
  count(programs: readonly string[]): Promise<number>
  /** How many processes of this machine make up the host; 0 while it is off. */
  countProcesses(): Promise<number>
  /** Plugs a network cable in or out: the host sees its carrier go. */
  setLink(state: 'up' | 'down', network: LabNetwork): Promise<void>
  /** The power goes, at once. */
  cut(): Promise<void>
  /** The host has gone off by itself. */
  noteOff(): void
}

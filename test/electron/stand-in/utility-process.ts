import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { ForkOptions, UtilityProcess as RealUtilityProcess } from 'electron'
import type { MessagePortMain } from './ports.ts'
import { type PortMessage, RemotePorts } from './remote-ports.ts'
import { standIn } from './state.ts'

/** What goes over the IPC of Node's child process. */
export type UtilityMessage =
  | { readonly t: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | PortMessage

type Members = Pick<RealUtilityProcess, 'kill' | 'pid'>

const REGISTER = new URL('./utility-side.ts', import.meta.url).href
/** Chromium ends what does not go by itself after this. */
const KILL_AFTER_MS = 2_000

/** What the shell uses of Electron's UtilityProcess: a process of Node, whose IPC carries messages and ports. */
class UtilityProcess extends EventEmitter implements Members {
  readonly #child: ChildProcess
  readonly #ports: RemotePorts

  constructor(child: ChildProcess) {
    super()
    this.#child = child
    this.#ports = new RemotePorts((message) => this.#tell(message), 1)
    child.on('message', (message: UtilityMessage) => {
      if (message.t === 'message') this.emit('message', message.data)
      else this.#ports.hear(message)
    })
    child.once('exit', (code) => {
      standIn.enginePid = null
      this.#ports.closeAll()
      this.emit('exit', code ?? 137)
    })
    // However this process ends (but for SIGKILL), what it has started ends with it.
    process.once('exit', () => child.kill('SIGKILL'))
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null ? this.#child.pid : undefined
  }

  postMessage(data: unknown, transfer: readonly MessagePortMain[] = []): void {
    const given = this.#ports.give(transfer)
    this.#tell({ t: 'message', data, ports: given.ids })
    given.deliver()
  }

  kill(): boolean {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS)
    this.#child.once('exit', () => clearTimeout(timer))
    return this.#child.kill('SIGTERM')
  }

  #tell(message: UtilityMessage): void {
    // A process that has just died hears nothing more; its end is told by itself.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }
}

export const utilityProcess = {
  fork: (modulePath: string, args: string[] = [], options: ForkOptions = {}): UtilityProcess => {
    standIn.begun.push('engine')
    const child = fork(modulePath, args, {
      execArgv: ['--import', REGISTER],
      serialization: 'advanced',
      stdio: ['ignore', options.stdio === 'inherit' ? 'inherit' : 'ignore', 'inherit', 'ipc'],
    })
    standIn.enginePid = child.pid ?? null
    return new UtilityProcess(child)
  },
}

import { connect, type Socket } from 'node:net'
import type { CommandOptions, CommandResult } from './command.ts'

const answerTimeoutMs = 20_000
const pollPauseMs = 40

/** QEMU has ended, and with it the agent's line. */
class MachineOff extends Error {}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * QEMU's guest agent in a machine: runs programs there without its network, so also while the cable is out. One question at a time is asked on
 * its line; programs run side by side.
 * Source: https://qemu.readthedocs.io/en/v7.2.0/interop/qemu-ga-ref.html
 */
export class GuestAgent {
  readonly #path: string
  #socket: Socket | undefined
  #pending: Pending | undefined
  #turn: Promise<unknown> = Promise.resolve()

  /** `path`: the socket of the agent's line on this machine. */
  constructor(path: string) {
    this.#path = path
  }

  /** Runs a program to its end. Throws as `runCommand` does, and where the agent does not answer. A machine that goes off ends its programs by a signal. */
  async run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    try {
      return await this.#run(argv, options)
    } catch (error) {
      if (error instanceof MachineOff && options.allowFailure) return { code: 137, stdout: '', stderr: error.message }
      throw error
    }
  }

  async #run(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
    const { input, timeoutMs = 60_000, allowFailure = false } = options
    const [path, ...args] = argv
    const end = Date.now() + timeoutMs
    const started = (await this.#ask('guest-exec', {
      path,
      arg: args,
      env: ['PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'],
      'capture-output': true,
      ...(input === undefined ? {} : { 'input-data': Buffer.from(input).toString('base64') }),
    })) as { readonly pid: number }
    for (;;) {
      const status = (await this.#ask('guest-exec-status', { pid: started.pid })) as ExecStatus
      if (status.exited) {
        const result = resultOf(status)
        if (result.code === 0 || allowFailure) return result
        throw new Error(`${argv.join(' ')}: exit code ${result.code}\n${result.stderr || result.stdout}`)
      }
      if (Date.now() > end) throw new Error(`${argv.join(' ')}: no end after ${timeoutMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, pollPauseMs))
    }
  }

  /** Whether the agent answers. */
  async ping(timeoutMs: number): Promise<boolean> {
    try {
      await this.#ask('guest-ping', {}, timeoutMs)
      return true
    } catch {
      // it does not run yet, or no longer
      return false
    }
  }

  /** Ends the connection; the next question makes a new one. */
  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #ask(execute: string, args: object, timeoutMs = answerTimeoutMs): Promise<unknown> {
    const asked = this.#turn.then(() => this.#askNow(execute, args, timeoutMs))
    this.#turn = asked.catch(() => undefined)
    return asked
  }

  async #askNow(execute: string, args: object, timeoutMs: number): Promise<unknown> {
    const socket = this.#socket ?? (await this.#open())
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer)
        this.#pending = undefined
      }
      const timer = setTimeout(() => {
        finish()
        // an answer that comes later must not be taken for that of the next question
        this.close()
        reject(new Error(`The guest agent did not answer ${execute} within ${timeoutMs} ms.`))
      }, timeoutMs)
      this.#pending = {
        resolve: (value) => {
          finish()
          resolve(value)
        },
        reject: (error) => {
          finish()
          reject(error)
        },
      }
      socket.write(`${JSON.stringify({ execute, arguments: args })}\n`)
    })
  }

  #open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#path)
      // A test that has nothing else to wait for may end.
      socket.unref()
      let text = ''
      socket.setEncoding('utf8')
      socket.once('connect', () => {
        this.#socket = socket
        resolve(socket)
      })
      socket.on('error', (error) => reject(new MachineOff(`The guest agent’s line: ${error.message}`)))
      socket.on('close', () => {
        if (this.#socket === socket) this.#socket = undefined
        this.#pending?.reject(new MachineOff('The guest agent’s line was closed.'))
      })
      socket.on('data', (chunk: string) => {
        text += chunk
        const lines = text.split('\n')
        text = lines.pop() ?? ''
        for (const line of lines) this.#take(line)
      })
    })
  }

  #take(line: string): void {
    const answer = JSON.parse(line) as { readonly return?: unknown; readonly error?: { readonly desc: string } }
    if (answer.error) this.#pending?.reject(new Error(`The guest agent: ${answer.error.desc}`))
    else this.#pending?.resolve(answer.return)
  }
}

interface ExecStatus {
  readonly exited: boolean
  readonly exitcode?: number
  readonly signal?: number
  readonly 'out-data'?: string
  readonly 'err-data'?: string
}

function resultOf(status: ExecStatus): CommandResult {
  const text = (data = '') => Buffer.from(data, 'base64').toString('utf8')
  return {
    code: status.exitcode ?? 128 + (status.signal ?? 0),
    stdout: text(status['out-data']),
    stderr: text(status['err-data']),
  }
}

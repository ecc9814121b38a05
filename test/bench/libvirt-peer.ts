import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./peer-libvirt.py', import.meta.url))

/** The distribution's own: that is where python3-libvirt is installed. */
const PYTHON = '/usr/bin/python3'

/** python3-libvirt with one open connection. */
export interface LibvirtPeer {
  /** Runs one of the script's commands; milliseconds. */
  run(command: 'sequential' | 'stats' | 'definitions', count?: number): Promise<number>
  stop(): Promise<void>
}

/** Starts the peer and waits until it has opened `uri`. Rejects with its last words when it can't. */
export async function startPeer(uri: string, environment: Readonly<Record<string, string>> = {}): Promise<LibvirtPeer> {
  const child = spawn(PYTHON, [SCRIPT, uri], { env: { ...process.env, ...environment }, stdio: 'pipe' })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  async function answer(): Promise<string> {
    const line = await lines.next()
    if (line.done) throw new Error(`the peer ended: ${errors}`)
    return line.value
  }

  await answer()
  return {
    async run(command, count = 0) {
      child.stdin.write(`${command} ${count}\n`)
      return Number(await answer()) * 1_000
    },
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

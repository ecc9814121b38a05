import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CliIo } from '../cli/io.ts'
import { EXIT } from '../cli/io.ts'

/*
 * The entry of the program `virtdeck`. Built it is out/main/cli.js, beside out/renderer; run from its source by Node it
 * serves the same built window.
 */
const fromSource = import.meta.url.endsWith('.ts')
const rendererDir = fileURLToPath(new URL(fromSource ? '../../../../out/renderer' : '../renderer', import.meta.url))

// Beside the program and not in the common temporary folder, where others could put code into it. A quarter of a start.
if (!fromSource) enableCompileCache(join(import.meta.dirname, '../.compile-cache'))

/** Ctrl+C comes to every process of a terminal, and each launcher above hands its own on: so many at once are one. */
const SAME_SIGNAL_MS = 500

const stopping = new AbortController()
let firstSignalAt = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) firstSignalAt = performance.now()
    // A later one is somebody who does not want to wait.
    else if (performance.now() - firstSignalAt > SAME_SIGNAL_MS) process.exit(EXIT.interrupted)
    stopping.abort()
  })
}
// The launcher has the other end. Killed, it can hand no signal on, and nobody would know of this process.
process.on('disconnect', () => stopping.abort())
// `virtdeck watch vms | head -1`: a reader that has enough is no error.
process.stdout.on('error', () => stopping.abort())
process.stderr.on('error', () => stopping.abort())

const io: CliIo = {
  out: (text) =>
    new Promise((resolve) => {
      if (process.stdout.destroyed) resolve()
      else process.stdout.write(text, () => resolve())
    }),
  err: (text) => {
    process.stderr.write(text)
  },
  readInput: readStandardInput,
  stopped: stopping.signal,
}

const { runCli } = await import('../cli/run-cli.ts')
// Whatever is left open (an agent's socket, a timer) shall not keep a finished program alive.
process.exit(await runCli(process.argv.slice(2), io, rendererDir))

async function readStandardInput(limitBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > limitBytes) throw new Error(`the input is larger than ${limitBytes} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

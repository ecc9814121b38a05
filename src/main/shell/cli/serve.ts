import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isLoopback } from '../server/bind.ts'
import { serve } from '../server/serve.ts'
import type { ServeOptions } from './arguments.ts'
import type { CliIo } from './io.ts'
import { EXIT } from './io.ts'

/** What the folder of a demo is called, before something that no other one has. */
const DEMO_FOLDER = 'virtdeck-demo-'

/** `serve`: runs the engine until the first signal; then stops it in good order. A demo's folder goes with it. */
export async function runServe(
  options: ServeOptions,
  context: { readonly dataDir: string; readonly json: boolean; readonly user: string; readonly rendererDir: string },
  io: CliIo,
): Promise<number> {
  const dataDir = options.demo ? await mkdtemp(join(tmpdir(), DEMO_FOLDER)) : context.dataDir
  try {
    return await serveUntilStopped(options, { ...context, dataDir }, io)
  } finally {
    if (options.demo) await rm(dataDir, { recursive: true, force: true })
  }
}

async function serveUntilStopped(
  options: ServeOptions,
  context: Parameters<typeof runServe>[1],
  io: CliIo,
): Promise<number> {
  const { open, ...request } = options
  const linkFile = request.linkFile ?? (open ? join(context.dataDir, 'sign-in.html') : null)
  const serving = await serve({
    ...request,
    linkFile,
    dataDir: context.dataDir,
    user: context.user,
    rendererDir: context.rendererDir,
    writeWarning: (line) => io.err(line),
    onListening: ({ link, url }) => {
      void io.out(context.json ? `${JSON.stringify({ link, url })}\n` : formatWelcome(link, request.host))
      if (open && linkFile !== null && existsSync(linkFile)) openInBrowser(pathToFileURL(linkFile).href, io)
    },
  })
  try {
    await untilAborted(io.stopped)
  } finally {
    await serving.stop()
  }
  return EXIT.ok
}

function formatWelcome(link: string, host: string): string {
  const reach = isLoopback(host) ? 'Only this computer can reach it.' : `It listens on ${host}.`
  return `Virtdeck is running. Open this link; it signs one browser in, once:\n\n  ${link}\n\n${reach} npx virtdeck link makes another link. Ctrl+C stops it.\n`
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  // Handles of the server keep the process alive; this only waits.
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** The address stands in the browser's command line, where every user of this computer can read it. */
function openInBrowser(address: string, io: CliIo): void {
  const [program, ...first] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...first, address], { stdio: 'ignore', detached: true })
  child.on('error', (error) => io.err(`virtdeck: no browser could be opened (${error.message}); open the link above\n`))
  child.unref()
}

import { homedir, userInfo } from 'node:os'
import { toWireError } from '../../../shared/errors/index.ts'
import { resolveDataDir } from '../../inventory/index.ts'
import { VERSION } from '../version.ts'
import { type Invocation, parseInvocation } from './arguments.ts'
import type { EngineAccess, TopicAddressText } from './engine-access.ts'
import type { CliIo } from './io.ts'
import { EXIT, UsageError } from './io.ts'

/** Tasks of a one-shot engine: it ends when its subcommand has, so nothing is left to wait for. */
const ONE_SHOT_GRACE_MS = 2_000

/** Runs the command line after the program's name. Resolves with the exit code; prints what went wrong itself. */
export async function runCli(argv: readonly string[], io: CliIo, rendererDir: string): Promise<number> {
  let invocation: Invocation
  try {
    invocation = parseInvocation(argv)
    return await run(invocation, io, rendererDir)
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`virtdeck: ${error.message}\nTry: virtdeck help\n`)
      return EXIT.usage
    }
    const { reportFailure } = await import('./call.ts')
    const options = { json: argv.includes('--json'), dataDir: null }
    return reportFailure(toWireError(error), null, options, io)
  }
}

/** Each subcommand loads what it needs and no more: all of it would take half of the time of a short one. */
async function run(invocation: Invocation, io: CliIo, rendererDir: string): Promise<number> {
  if (invocation.run === 'help') {
    const { buildHelp } = await import('./help.ts')
    await io.out(buildHelp(invocation.subject))
    return EXIT.ok
  }
  if (invocation.run === 'version') {
    await io.out(`${VERSION}\n`)
    return EXIT.ok
  }
  const dataDir = resolveDataDir({
    env: process.env,
    platform: process.platform,
    homeDir: homedir(),
    cwd: process.cwd(),
    ...(invocation.dataDir === null ? {} : { override: invocation.dataDir }),
  })
  const user = userInfo().username
  const { json } = invocation
  switch (invocation.run) {
    case 'serve': {
      const { runServe } = await import('./serve.ts')
      return runServe(invocation.options, { dataDir, json, user, rendererDir }, io)
    }
    case 'link': {
      const { runLink } = await import('./link.ts')
      return runLink({ json, dataDir }, io)
    }
    case 'restore': {
      const { runRestore } = await import('./restore.ts')
      return runRestore({ json, dataDir, backup: invocation.backup }, io)
    }
    case 'call': {
      const { readCallInput, runCall } = await import('./call.ts')
      const call = { command: invocation.command, input: await readCallInput(invocation.input, io) }
      const options = { json, dataDir: invocation.dataDir }
      const { runPlan } = await import('./plan.ts')
      const perform = invocation.plan ? runPlan : runCall
      return withEngine(dataDir, user, io, (access) => perform(access, call, options, io), interruptionOf(io))
    }
    case 'get': {
      const { runGet } = await import('./topic-output.ts')
      return withEngine(
        dataDir,
        user,
        io,
        (access) => runGet(access, addressOf(invocation), { json, dataDir }, io),
        interruptionOf(io),
      )
    }
    case 'upload':
    case 'download': {
      const { runDownload, runUpload } = await import('./transfer.ts')
      const perform = (access: EngineAccess) =>
        invocation.run === 'upload'
          ? runUpload(access, invocation, { json, dataDir: invocation.dataDir }, io)
          : runDownload(access, invocation, { json, dataDir: invocation.dataDir }, io)
      // It sees to an interruption itself: nothing of it is to be left.
      return withEngine(dataDir, user, io, perform, new Promise(() => undefined))
    }
    case 'watch': {
      const { runWatch } = await import('./topic-output.ts')
      // It ends by itself when it is interrupted: that is how one ends it.
      return withEngine(
        dataDir,
        user,
        io,
        (access) => runWatch(access, addressOf(invocation), { json, dataDir }, io),
        new Promise(() => undefined),
      )
    }
  }
}

function addressOf({ topic, key }: { readonly topic: string; readonly key: string | null }): TopicAddressText {
  return { topic, ...(key === null ? {} : { key }) }
}

/** Resolves with the exit code of an interrupt when there is one. */
function interruptionOf(io: CliIo): Promise<number> {
  return new Promise((resolve) => {
    const end = () => resolve(EXIT.interrupted)
    if (io.stopped.aborted) end()
    else io.stopped.addEventListener('abort', end, { once: true })
  })
}

/** Runs `use` with the engine of the data folder. What a running engine was asked goes on when `interrupted` resolves first. */
async function withEngine(
  dataDir: string,
  user: string,
  io: CliIo,
  use: (access: EngineAccess) => Promise<number>,
  interrupted: Promise<number>,
): Promise<number> {
  const start = async () => {
    const [{ composeEngine }, { openShellInventory }, { openEngineLog }] = await Promise.all([
      import('../compose.ts'),
      import('../open-inventory.ts'),
      import('../server/log.ts'),
    ])
    const log = openEngineLog(dataDir, (line) => io.err(line))
    try {
      const inventory = await openShellInventory({ dataDir, log: log.logger })
      const options = { inventory, shell: 'server', version: VERSION, log: log.logger } as const
      const composed = await composeEngine({ ...options, canSignOut: false, stopGraceMs: ONE_SHOT_GRACE_MS })
      return { ...composed, stop: () => composed.stop().finally(() => log.close()) }
    } catch (error) {
      log.close()
      throw error
    }
  }
  const { openEngine } = await import('./open-engine.ts')
  const access = await openEngine({ dataDir, user, start })
  try {
    return await Promise.race([use(access), interrupted])
  } finally {
    await access.close()
  }
}

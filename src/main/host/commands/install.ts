import { z } from 'zod'
import { type HostCheck, hostCheckSchema, type ParsedInput } from '../../../shared/contract/index.ts'
import type { Subject } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import {
  exclusive,
  type Inspection,
  inspectNothing,
  type ModelSnapshot,
  type OperationHandler,
  type StepContext,
} from '../../engine/index.ts'
import type { HostRoute, ScriptOptions } from '../../hosts/index.ts'
import { addressOf, decideInstallable, fetchTargetSecrets, findTarget, targetDefinition } from '../check-target.ts'
import { deferPins } from '../deferred-pins.ts'
import { examineHost } from '../examine-host.ts'
import { decideInstallPlan } from '../install/decide-install-plan.ts'
import { createLineCutter, type InstallLogs } from '../install/install-log.ts'
import {
  asRoot,
  followScript,
  forgetScript,
  groupScript,
  installBody,
  installCommands,
  lookScript,
  startScript,
  unitsScript,
} from '../install/install-scripts.ts'
import { decideKeyFile, fetchAliasRefusal } from '../server-files.ts'
import { fetchSurvey } from '../survey/index.ts'
import type { HostCommandDependencies } from './dependencies.ts'

const SHORT_MS = 60_000
const CHECK_TIMEOUT_MS = 3 * 60_000
/** A slow mirror, and a host that another package manager is at work on. */
const INSTALL_TIMEOUT_MS = 45 * 60_000
const OUTPUT_BYTES = 64 * 1024
const LOG_BYTES = 8 * 1024 * 1024
const TAIL_LINES = 5

type Context = StepContext<'host.install'>

/** A way to the host, and how to be root there. */
interface Access {
  readonly route: HostRoute
  readonly isRoot: boolean
  run(script: string, options?: Partial<ScriptOptions>): ReturnType<NonNullable<HostRoute['runScript']>>
}

/**
 * Installs what a host lacks, with its own package manager, and tries the host again. What is installed stays: no step is undone. The
 * installation itself goes on on the host whatever becomes of the engine.
 */
export function createHostInstall(
  dependencies: HostCommandDependencies,
  logs: InstallLogs,
): OperationHandler<'host.install'> {
  return {
    name: 'host.install',
    subject: (model, input) => subjectOf(model, input),
    authorize: decideKeyFile,
    admit: (identity, input) => fetchAliasRefusal(identity, input, dependencies.registry),
    validate: decideInstallable,
    auditParams: ({ address, install }) => ({
      ...(address === undefined ? {} : { address }),
      packages: decideInstallPlan(install).packages.join(' '),
    }),
    plan: (model, input) => {
      const { install } = input
      const address = addressOf(model, input)
      const { packages, units, group } = decideInstallPlan(install)
      const params = { address, manager: install.packageManager }
      return {
        locks: [exclusive(`host-install:${address.toLowerCase()}`)],
        touches: [subjectOf(model, input)],
        steps: [
          { action: 'look', text: { key: 'looking', params }, cancellable: true },
          ...(packages.length === 0
            ? []
            : [
                {
                  action: 'install',
                  text: { key: 'installing', params: { ...params, packages: packages.join(' ') } },
                  weight: 20,
                  goesOn: true,
                },
              ]),
          ...(units.length === 0
            ? []
            : [{ action: 'enable', text: { key: 'enabling', params: { ...params, units: units.join(' ') } } }]),
          ...(group === null ? [] : [{ action: 'join', text: { key: 'joining', params: { ...params, group } } }]),
          { action: 'recheck', text: { key: 'checking', params }, weight: 2 },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      look: {
        timeoutMs: CHECK_TIMEOUT_MS,
        run: (context) => withHost(context, (access) => lookAt(access, context)),
        inspect: inspectNothing,
      },
      install: {
        timeoutMs: INSTALL_TIMEOUT_MS,
        run: (context) => withHost(context, (access) => install(access, context)),
        inspect: (context) => withHost(context, (access) => inspectInstall(access, context)),
      },
      // Both may be done again without harm, so that nobody needs to know whether they were.
      enable: {
        timeoutMs: CHECK_TIMEOUT_MS,
        run: (context) => withHost(context, (access) => runOrThrow(access, unitsScript(planOf(context).units))),
        inspect: inspectNothing,
      },
      join: {
        run: (context) =>
          withHost(context, (access) =>
            runOrThrow(access, groupScript(access.route.endpoint?.user ?? '', planOf(context).group ?? '')),
          ),
        inspect: inspectNothing,
      },
      recheck: {
        timeoutMs: CHECK_TIMEOUT_MS,
        run: async (context) => ({ checks: await recheck(context) }),
        inspect: inspectNothing,
      },
    },
    output: ({ results }) => ({ checks: z.object({ checks: z.array(hostCheckSchema) }).parse(results.recheck).checks }),
  }

  function requestOf({ input, model, signal }: Context) {
    return {
      secrets: () => fetchTargetSecrets(dependencies, input),
      // Nothing is pinned: the host is not added by this.
      knownHosts: deferPins(dependencies.registry.knownHosts).knownHosts,
      acceptFingerprint: input.hostKey,
      allowCommands: input.allowCommands,
      timeoutMs: model().settings.connectTimeoutMs,
      signal,
    }
  }

  function definitionOf({ input, model }: Context) {
    return targetDefinition(dependencies, model(), input)
  }

  /** A session of its own for each step: what was installed, and groups that were joined, are seen by new sessions only. */
  async function withHost<T>(context: Context, work: (access: Access) => Promise<T>): Promise<T> {
    const { address } = definitionOf(context)
    const route = await dependencies.registry.openRoute(definitionOf(context), requestOf(context))
    try {
      const { runScript } = route
      if (runScript === null) throw new AppError('host.install-impossible', { address, hint: 'local' })
      const limits = { timeoutMs: SHORT_MS, maxOutputBytes: OUTPUT_BYTES, signal: context.signal }
      const { stdout } = await runScript('id -u', limits)
      const isRoot = stdout.trim() === '0'
      const run: Access['run'] = (script, options) => runScript(asRoot(script, isRoot), { ...limits, ...options })
      return await work({ route, isRoot, run })
    } finally {
      await route.close()
    }
  }

  /** The plan was made from what the host said a while ago: it must still be that host, and we must be able to be root there. */
  async function lookAt({ route, run }: Access, context: Context): Promise<null> {
    const { input, signal } = context
    const { address } = definitionOf(context)
    const survey = await fetchSurvey(route, signal)
    if (survey?.packageManager !== input.install.packageManager) {
      throw new AppError('host.install-impossible', { address, hint: 'package-manager' })
    }
    if ((await run('true')).exitCode !== 0) throw new AppError('host.install-impossible', { address, hint: 'sudo' })
    return null
  }

  async function install({ run }: Access, context: Context): Promise<null> {
    const { operationId, input } = context
    const { address } = definitionOf(context)
    logs.begin(operationId)
    // What an earlier try left: it has ended, or this step would be inspected and not run.
    if ((await look({ run }, operationId)) !== 'running') await run(forgetScript(operationId))
    const commands = installCommands(input.install.packageManager, planOf(context))
    const started = await run(startScript(operationId), { input: installBody(operationId, commands) })
    if (started.exitCode !== 0) throw failed(address, started.exitCode, started.stderr)
    const end = await follow({ run }, context)
    if (end === 'lost') throw lost(address)
    if (end !== '0') throw failed(address, Number(end), logs.lines(operationId).slice(-TAIL_LINES).join(' · '))
    await run(forgetScript(operationId))
    return null
  }

  /** Shows the log until the installation has ended: its exit code, or `lost`. A line that is cut leaves it at work: look again. */
  async function follow({ run }: Pick<Access, 'run'>, context: Context): Promise<string> {
    const { operationId, say } = context
    const { address } = definitionOf(context)
    let end = 'lost'
    const cut = createLineCutter((line) => {
      const [, code] = /^@end (\d{1,3}|lost)$/.exec(line) ?? []
      if (code !== undefined) end = code
      else if (line !== '@@virtdeck@@') {
        logs.add(operationId, line)
        const last = logs.lines(operationId).at(-1) ?? ''
        if (last !== '') say('installing-now', { address, line: last.slice(0, 120) })
      }
    })
    try {
      await run(followScript(operationId), { timeoutMs: INSTALL_TIMEOUT_MS, maxOutputBytes: LOG_BYTES, onStdout: cut })
    } catch (error) {
      throw isAppError(error)
        ? new AppError('host.install-unwatched', { address }, { retry: 'after-refresh', cause: error })
        : error
    }
    return end
  }

  async function inspectInstall(access: Access, context: Context): Promise<Inspection> {
    const state = await look(access, context.operationId)
    if (state === 'running') return 'running'
    // Not begun, ended by a boot, or failed: a package manager takes it up again where it stopped.
    if (state !== '0') return 'absent'
    logs.begin(context.operationId)
    await follow(access, context)
    return 'done'
  }

  async function look({ run }: Pick<Access, 'run'>, operationId: string): Promise<string> {
    return (await run(lookScript(operationId))).stdout.trim()
  }

  async function runOrThrow({ run }: Access, script: string): Promise<null> {
    const { exitCode, stderr } = await run(script)
    if (exitCode !== 0)
      throw new AppError('host.install-step-failed', { exitCode, stderr: stderr.trim().slice(0, 300) })
    return null
  }

  async function recheck(context: Context): Promise<HostCheck[]> {
    const request = { ...requestOf(context), model: context.model }
    const { checks, route } = await examineHost(dependencies, definitionOf(context), request)
    await route?.close()
    // What it waits for is there: it need not be found out by the next attempt.
    const host = findTarget(context.model(), context.input)
    if (host !== undefined) dependencies.registry.find(host.id)?.nudge()
    return checks
  }
}

/** The host of the inventory that is reached this way; one that is not in it yet is known by its address. */
function subjectOf(model: ModelSnapshot, input: ParsedInput<'host.install'>): Subject {
  const host = findTarget(model, input)
  const address = addressOf(model, input)
  return { kind: 'host', id: host?.id ?? address, name: host?.name ?? address }
}

function planOf({ input }: Context) {
  return decideInstallPlan(input.install)
}

function failed(address: string, exitCode: number, detail: string): AppError {
  return new AppError('host.install-failed', { address, exitCode, detail: detail.slice(0, 500) })
}

function lost(address: string): AppError {
  return new AppError('host.install-unwatched', { address }, { retry: 'after-refresh' })
}

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { CommandName } from '../../../shared/contract/index.ts'
import {
  bondWishSchema,
  type HostDefinition,
  type HostId,
  hostIdSchema,
  networkAttachmentSchema,
} from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, Inspection, ModelSnapshot, StepContext, StepDraft, StepHandler } from '../../engine/index.ts'
import { inspectNothing } from '../../engine/index.ts'
import type { HostRegistry, HostRoute } from '../../hosts/index.ts'
import { askGatewaysScript, askWireScript, parseAnswering, parseTaken } from '../on-host/ask-wire-script.ts'
import {
  ARM_EXITS,
  armScript,
  beginScript,
  confirmScript,
  keepScript,
  secondsToKeep,
  stagingInput,
  type Trial,
  type TrialState,
} from '../on-host/change-scripts.ts'
import type { HostNetworkFacts } from '../on-host/host-facts.ts'
import type { HostNetworkWish } from '../on-host/wanted-interfaces.ts'
import { fetchFacts } from './fetch-facts.ts'
import type { HostNetworkStore } from './host-network-store.ts'
import { printable, runAsRoot, runAsRootOrFail, type ScriptRunner } from './host-shell.ts'
import { type HostPlan, type NewAddress, planHostNetworks } from './plan-host-networks.ts'
import { fetchTrialState, proveTrial, type TrialAccess, takeBack, withRoute } from './trial.ts'

/** What set-ups of hosts work with. */
export interface SetupDependencies {
  readonly registry: Pick<HostRegistry, 'get' | 'find'>
  readonly store: HostNetworkStore
  /** Opens a new connection to a host of the inventory. */
  readonly openRoute: (
    definition: HostDefinition,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ) => Promise<HostRoute>
  readonly clock: Clock
}

type SetupCommand = Extract<CommandName, 'host.setup-networks' | 'host.sync-networks' | 'host.copy-networks'>

export interface SetupOptions<N extends SetupCommand> {
  /** What is to be wished of a host from now on; asked when its turn comes. */
  readonly wishFor: (context: StepContext<N>, hostId: HostId, facts: HostNetworkFacts) => HostNetworkWish
}

const SHORT_MS = 60_000
/** More than the longest time to confirm, with what it takes to see that a host has gone back. */
const LONG_MS = 20 * 60_000
/** The end of the time to confirm: it is not spent on proving, as saying yes takes a moment. */
const MARGIN_MS = 3_000
const WENT_BACK = 3

/** What the steps after the first have to know, also those of an engine that goes on with it. */
const examinedSchema = z.object({
  isNothing: z.boolean(),
  hasSystemd: z.boolean(),
  hasCheckpoint: z.boolean(),
  gateways: z.array(z.string()),
  wish: z.object({ attachments: z.array(networkAttachmentSchema), bonds: z.array(bondWishSchema) }),
})
type Examined = z.infer<typeof examinedSchema>

const ACTIONS = ['examine', 'arm', 'apply', 'prove', 'disarm', 'persist', 'store'] as const

/** The steps of one host; several hosts' follow each other. Pure. */
export function setupDrafts({ id, name: host }: { readonly id: HostId; readonly name: string }): StepDraft[] {
  return ACTIONS.map((action) => ({
    action,
    id: `${action}-${id}`,
    hostId: id,
    text: { key: `networks-${action}`, params: { host } },
    cancellable: action === 'examine',
    weight: action === 'prove' || action === 'apply' ? 4 : 1,
  }))
}

/** Hosts whose set-up has come to its end stay as they are when one after them fails. */
export function createSetupSteps<N extends SetupCommand>(
  dependencies: SetupDependencies,
  { wishFor }: SetupOptions<N>,
): Readonly<Record<(typeof ACTIONS)[number], StepHandler<N>>> {
  const { registry, store, clock } = dependencies
  type Context = StepContext<N>

  const hostIdOf = ({ step }: Context) => hostIdSchema.parse(step.hostId)
  const keyOf = (context: Context, what: string) => `${what}-${hostIdOf(context)}`
  const examinedOf = (context: Context): Examined => examinedSchema.parse(context.results[keyOf(context, 'examine')])
  const isStored = (context: Context) => context.results[keyOf(context, 'store')] != null
  const confirmMsOf = ({ input }: Context) => (input as { readonly confirmMs: number }).confirmMs

  function accessTo(context: Context): TrialAccess {
    const { definition } = registry.get(hostIdOf(context))
    return {
      definition,
      open: (limits) => dependencies.openRoute(definition, limits),
      clock,
      signal: context.signal,
    }
  }

  /** A trial of an operation is one of each of its hosts. */
  const trialId = ({ operationId }: Context) => operationId

  async function examine(context: Context): Promise<Examined> {
    const hostId = hostIdOf(context)
    const access = accessTo(context)
    const { definition, signal } = access
    return withRoute(access, async (run) => {
      const facts = await fetchFacts(run, definition, signal)
      const before = store.wishOf(hostId)
      const wish = wishFor(context, hostId, facts)
      const plan = planHostNetworks(context.model(), definition, facts, before, wish)
      const [first] = plan.refusals
      if (first !== undefined) throw first
      await askForAddresses(run, definition, plan.addresses, signal)
      const gateways = await answeringGateways(run, definition, facts, plan, signal)
      context.memory.set(keyOf(context, 'plan'), plan)
      return {
        isNothing: plan.changes === null || plan.changes.isNothing,
        hasSystemd: facts.hasSystemd,
        hasCheckpoint:
          facts.managers.networkManager !== null && plan.changes?.folder.includes('NetworkManager') === true,
        gateways: [...gateways],
        wish: { attachments: [...wish.attachments], bonds: [...wish.bonds] },
      }
    })
  }

  function trialOf(context: Context): Trial {
    const { changes } = context.memory.get(keyOf(context, 'plan')) as HostPlan
    if (changes === null) throw new AppError('internal', { detail: 'a set-up without changes was armed' })
    const { hasSystemd, hasCheckpoint } = examinedOf(context)
    return { id: trialId(context), changes, hasSystemd, hasCheckpoint }
  }

  async function arm(context: Context): Promise<null> {
    if (examinedOf(context).isNothing) return null
    const access = accessTo(context)
    const { definition, signal } = access
    const trial = trialOf(context)
    const confirmMs = confirmMsOf(context)
    await orLook(
      withRoute(access, async (run) => {
        const options = { timeoutMs: SHORT_MS, input: stagingInput(trial), signal }
        const { exitCode, stderr, stdout } = await runAsRoot(
          run,
          definition,
          armScript(trial, Math.ceil(confirmMs / 1_000)),
          options,
        )
        if (exitCode === 0) return
        const { id: hostId, name: hostName } = definition
        if (exitCode === ARM_EXITS.underWay)
          throw new AppError('network.change-under-way', { hostName }, { hostId, retry: 'safe' })
        if (exitCode === ARM_EXITS.staleFiles)
          throw new AppError('network.changed-on-host', { hostName, path: printable(stderr) }, { hostId })
        throw new AppError('network.host-failed', { hostName, detail: printable(stderr || stdout) }, { hostId })
      }),
    )
    // From before the host's timer on, so that it is never later than ours.
    context.memory.set(keyOf(context, 'deadline'), clock.monotonicMs() + confirmMs - MARGIN_MS)
    return null
  }

  async function apply(context: Context): Promise<null> {
    if (examinedOf(context).isNothing) return null
    const access = accessTo(context)
    const seconds = Math.max(5, Math.floor(confirmMsOf(context) / 2_000))
    await orLook(
      withRoute(access, (run) =>
        runAsRootOrFail(run, access.definition, beginScript(trialOf(context), seconds), {
          timeoutMs: SHORT_MS,
          signal: access.signal,
        }),
      ),
    )
    return null
  }

  async function prove(context: Context): Promise<null> {
    const { isNothing, gateways } = examinedOf(context)
    if (isNothing) return null
    const deadlineMs = Number(context.memory.get(keyOf(context, 'deadline')) ?? clock.monotonicMs())
    await proveTrial(accessTo(context), {
      operationId: trialId(context),
      deadlineMs,
      confirmMs: confirmMsOf(context),
      gateways,
      hostKey: registry.get(hostIdOf(context)).state.hostKey?.fingerprint ?? null,
    })
    return null
  }

  async function disarm(context: Context): Promise<null> {
    if (examinedOf(context).isNothing) return null
    await decide(context, confirmScript(trialOf(context), secondsToKeep(confirmMsOf(context))))
    return null
  }

  async function persist(context: Context): Promise<null> {
    if (examinedOf(context).isNothing) return null
    await decide(context, keepScript(trialOf(context)))
    return null
  }

  /** Runs what decides between the change and the way back; the host says which of both came first. */
  async function decide(context: Context, script: string): Promise<void> {
    const access = accessTo(context)
    const { definition, signal } = access
    const { exitCode, stderr } = await orLook(
      withRoute(access, (run) => runAsRoot(run, definition, script, { timeoutMs: SHORT_MS, signal })),
    )
    const { id: hostId, name: hostName } = definition
    if (exitCode === WENT_BACK) throw new AppError('network.went-back', { hostName }, { hostId })
    if (exitCode !== 0) {
      const detail = printable(stderr || `exit code ${exitCode}`)
      throw new AppError('network.host-failed', { hostName, detail }, { hostId, retry: 'after-refresh' })
    }
  }

  /** What is wished is kept once it holds on the host, and read anew there. */
  async function storeWish(context: Context): Promise<{ readonly stored: true }> {
    const hostId = hostIdOf(context)
    await store.save(hostId, examinedOf(context).wish)
    const access = accessTo(context)
    try {
      store.put(hostId, await withRoute(access, (run) => fetchFacts(run, access.definition, access.signal)))
    } catch (error) {
      // It holds; what it looks like is read again by itself.
      if (!isAppError(error)) throw error
    }
    return { stored: true }
  }

  const inspect =
    (stages: readonly TrialState['stage'][]) =>
    async (context: Context): Promise<Inspection> => {
      if (examinedOf(context).isNothing) return 'done'
      const { stage } = await fetchTrialState(accessTo(context), trialId(context))
      return stages.includes(stage) ? 'done' : 'absent'
    }

  async function goBack(context: Context): Promise<void> {
    // A host that has come to its end stays so, whatever becomes of those after it.
    if (isStored(context) || examinedOf(context).isNothing) return
    const { hasSystemd } = examinedOf(context)
    await takeBack(accessTo(context), { operationId: trialId(context), confirmMs: confirmMsOf(context), hasSystemd })
    await store.refresh(hostIdOf(context))
  }

  const KEPT = ['kept'] as const
  const CONFIRMED = ['confirmed', ...KEPT] as const
  const APPLIED = ['applying', 'applied', 'apply-failed', ...CONFIRMED] as const
  return {
    examine: { timeoutMs: 5 * SHORT_MS, run: examine, inspect: inspectNothing },
    arm: { timeoutMs: LONG_MS, run: arm, undo: goBack, inspect: inspect(['armed', ...APPLIED]) },
    apply: { timeoutMs: LONG_MS, run: apply, undo: goBack, inspect: inspect(APPLIED) },
    prove: { timeoutMs: LONG_MS, run: prove, inspect: inspectNothing },
    disarm: { timeoutMs: LONG_MS, run: disarm, undo: goBack, inspect: inspect(CONFIRMED) },
    persist: { timeoutMs: LONG_MS, run: persist, undo: goBack, inspect: inspect(KEPT) },
    store: {
      timeoutMs: 3 * SHORT_MS,
      run: storeWish,
      inspect: async (context) =>
        isDeepStrictEqual(store.wishOf(hostIdOf(context)), examinedOf(context).wish) ? 'done' : 'absent',
    },
  }
}

/** What was cut off half-way may be there or not: it is looked at. What the host itself refused is known. */
async function orLook<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isAppError(error) || error.code.startsWith('network.')) throw error
    throw new AppError(error.code, error.params, {
      ...(error.hostId === undefined ? {} : { hostId: error.hostId }),
      retry: 'after-refresh',
      cause: error,
    })
  }
}

async function askForAddresses(
  run: ScriptRunner,
  definition: HostDefinition,
  addresses: readonly NewAddress[],
  signal: AbortSignal,
): Promise<void> {
  if (addresses.length === 0) return
  const { id: hostId, name: hostName } = definition
  const options = { timeoutMs: SHORT_MS + 20_000 * addresses.length, signal }
  const taken = parseTaken(await runAsRootOrFail(run, definition, askWireScript(addresses), options))
  for (const [index, macAddress] of taken) {
    const asked = addresses[index]
    if (asked === undefined) continue
    const { address, networkName: name } = asked
    throw new AppError('network.address-in-use', { hostName, name, address, macAddress }, { hostId })
  }
}

/** The gateways that have to answer afterwards: those of the wish, else those that the host has; of those that it has, the ones that answer now. */
async function answeringGateways(
  run: ScriptRunner,
  definition: HostDefinition,
  { routes }: HostNetworkFacts,
  { gateways }: HostPlan,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const present = routes.flatMap(({ to, gateway }) =>
    to === 'default' && gateway !== null && isAddress(gateway) ? [gateway] : [],
  )
  const asked = await runAsRootOrFail(run, definition, askGatewaysScript(present), { timeoutMs: SHORT_MS, signal })
  const answering = parseAnswering(asked)
  if (gateways.length === 0) return answering
  return new Set(gateways.filter((gateway) => answering.has(gateway) || !present.includes(gateway)))
}

/** A gateway of the host's own network alone is asked without naming an interface. */
function isAddress(text: string): boolean {
  return /^[0-9a-f:.]{2,45}$/i.test(text) && !/^fe80:/i.test(text)
}

/** The host as it is in the inventory, or why there is none. Pure. */
export function findSetupHost(
  model: ModelSnapshot,
  hostId: HostId,
): { readonly id: HostId; readonly name: string } | AppError {
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  const { id, name, transport } = host
  return transport === 'local' ? new AppError('network.needs-ssh', { hostName: name }, { hostId }) : { id, name }
}

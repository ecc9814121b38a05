import type { ClusterId, Host, HostId, Vm } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import {
  exclusive,
  type ModelSnapshot,
  type OperationHandler,
  type StepContext,
  shared,
  slot,
} from '../../engine/index.ts'
import { domainReference, type HostLink, isLibvirtError, typedParametersToObject } from '../../hosts/index.ts'
import { diskPathsOf, hostName, isInterrupted, requireVm, vmSubject } from '../../vm/index.ts'
import { askDestination, decideUnsafe, fetchNeeds } from '../ask-destination.ts'
import { decideMovable, decideObstacles, decideTarget, decideVerdicts, domainOfPath } from '../decide-migration.ts'
import { JOB_STATS_COMPLETED, MIGRATE } from '../libvirt-flags.ts'
import { askForRoom, fetchCopies, removeImages } from '../local-disks.ts'
import { decideMigrationAddress, findMigrationNetwork, type MigrationAddress } from '../migration-address.ts'
import { keepRun, type MigrationRun, runIn } from '../migration-run.ts'
import { MigrationSession } from '../migration-session.ts'
import { MIGRATION_POLICIES, type MigrationPolicyName } from '../policies.ts'
import { type Ends, letGoAtSource, look, runOnAtSource } from '../tidy-up.ts'
import { watchMigration } from '../watch-job.ts'
import { copiesIn, createMakeDisks, splitLocalDisks } from './copy-disks.ts'
import type { MigrationDependencies } from './dependencies.ts'
import { createStoppedSteps, planStopped } from './move-stopped.ts'

type Context = StepContext<'vm.migrate'>

/** As long as the longest of its phases. */
const PERFORM_TIMEOUT_MS = 7 * 24 * 60 * 60_000
const PHASE_TIMEOUT_MS = 6 * 60_000
const STATS_TIMEOUT_MS = 10_000

/** What the plan says of a migration, for the steps. */
interface Way {
  readonly sourceId: HostId
  readonly destinationId: HostId
  readonly policy: MigrationPolicyName
  readonly wasPaused: boolean
  readonly persistent: boolean
  readonly autostart: boolean
}

/**
 * Moves a running VM to another host in libvirt's five phases, each a step on record. Until the destination runs it, all is undone
 * by letting it run on where it was; from then on what is left at the source goes, however long that takes. Of one that is down only its
 * definition moves.
 */
export function createMigrate(dependencies: MigrationDependencies): OperationHandler<'vm.migrate'> {
  const { hosts, sight, clock } = dependencies
  return {
    name: 'vm.migrate',
    subject: vmSubject,
    validate: (model, input) => decideMigrate(dependencies, model, input),
    auditParams: ({ policy, bandwidthMiBs, copyDisks }) => ({
      ...(copyDisks ? { copyDisks } : {}),
      ...(policy === undefined ? {} : { policy }),
      ...(bandwidthMiBs === undefined ? {} : { bandwidthMiBs }),
    }),
    plan: (model, input) => {
      const vm = requireVm(model, input.vmId)
      const destination = decideDestination(sight, model, vm, input)
      const destinationId = destination?.id ?? vm.hostId
      if (vm.status === 'down') return planStopped(model, vm, destinationId, input.copyDisks)
      const policy = input.policy ?? model.clusters.get(vm.clusterId)?.settings.migrationPolicy ?? 'minimal-downtime'
      const { atOnce } = MIGRATION_POLICIES[policy]
      const params = { vm: vm.name, host: hostName(model, vm.hostId), destination: hostName(model, destinationId) }
      const way: Way = {
        sourceId: vm.hostId,
        destinationId,
        policy,
        wasPaused: vm.status === 'paused',
        persistent: vm.persistent,
        autostart: vm.autostart,
      }
      const step = (action: string, hostId: HostId, more: object = {}) => ({
        action,
        hostId,
        text: { key: `migrate-${action}`, params },
        data: { ...way },
        ...more,
      })
      return {
        locks: [
          exclusive(`vm:${vm.id}`),
          shared(`host:${vm.hostId}`),
          shared(`host:${destinationId}`),
          slot(`migrations-out:${vm.hostId}`, atOnce),
          slot(`migrations-in:${destinationId}`, atOnce),
        ],
        touches: [vmSubject(model, input)],
        steps: [
          step('check', destinationId, { cancellable: true }),
          ...(input.copyDisks ? [step('make-disks', destinationId, { cancellable: true })] : []),
          step('begin', vm.hostId, { cancellable: true }),
          step('prepare', destinationId),
          step('perform', vm.hostId, { weight: 20, cancellable: true }),
          step('finish', destinationId),
          step('confirm', vm.hostId),
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      ...createStoppedSteps(dependencies),
      check: {
        run: (context) => check(dependencies, context),
        inspect: async () => 'absent',
      },
      'make-disks': createMakeDisks(dependencies),
      begin: {
        timeoutMs: PHASE_TIMEOUT_MS,
        run: async (context) => {
          await begin(dependencies, context)
          return null
        },
        undo: async (context) => {
          const run = runIn(context.memory)
          await quietly(run?.session.confirm(true))
          await run?.end()
          await runOnAtSource(endsOf(dependencies, context), named(context), wayOf(context).wasPaused)
        },
        // What an engine began and nobody has in hand any more ended with its connection.
        inspect: async () => 'absent',
      },
      prepare: {
        timeoutMs: PHASE_TIMEOUT_MS,
        run: async (context) => {
          const run = requireRun(context)
          try {
            await run.session.prepare(context.signal)
          } catch (error) {
            await quietly(run.session.confirm(true))
            await run.end()
            throw translate(dependencies, context, error)
          }
          return null
        },
        undo: async (context) => {
          const run = runIn(context.memory)
          // A migration whose memory was not sent: the waiting QEMU goes, and the source is told.
          if (run !== null) await quietly(run.session.finish(true))
        },
        inspect: (context) => inspectWay(dependencies, context, 'prepare'),
      },
      perform: {
        timeoutMs: PERFORM_TIMEOUT_MS,
        run: (context) => perform(dependencies, context),
        undo: async (context) => {
          const { wasPaused } = wayOf(context)
          await runIn(context.memory)?.end()
          await runOnAtSource(endsOf(dependencies, context), named(context), wasPaused)
        },
        inspect: (context) => inspectWay(dependencies, context, 'perform'),
      },
      finish: {
        timeoutMs: PHASE_TIMEOUT_MS,
        run: (context) => finish(dependencies, context),
        inspect: (context) => inspectWay(dependencies, context, 'finish'),
      },
      confirm: {
        noReturn: true,
        timeoutMs: PHASE_TIMEOUT_MS,
        run: (context) => confirm(dependencies, context),
        inspect: async (context) => {
          const { source } = endsOf(dependencies, context)
          const record = await source.refreshDomain(context.input.vmId)
          return record === null ? 'done' : 'absent'
        },
      },
    },
    output: ({ results }) => {
      const stopped = results.undefine as { hostId?: HostId } | null | undefined
      if (stopped?.hostId !== undefined) return { hostId: stopped.hostId }
      const { destinationId, downtimeMs } = (results.finish ?? {}) as {
        destinationId?: HostId
        downtimeMs?: number | null
      }
      const { totalMs } = (results.confirm ?? {}) as { totalMs?: number | null }
      const { address, networkName, lacking } = (results.check ?? {}) as Partial<MigrationAddress>
      return {
        ...(destinationId === undefined ? {} : { hostId: destinationId, downtimeMs: downtimeMs ?? null }),
        ...(address === undefined ? {} : { address, network: lacking === null ? (networkName ?? null) : null }),
        ...(typeof totalMs === 'number' ? { totalMs } : {}),
      }
    },
  }

  /** The network name of the destination, as far as this engine knows a better one than what the host calls itself. */
  function addressOf(hostId: HostId): string | null {
    const { endpoint } = hosts.get(hostId).state
    return endpoint?.address ?? null
  }

  async function check({ hosts: registry, fetchAddresses }: MigrationDependencies, context: Context) {
    const { input, model, signal, say } = context
    const vm = requireVm(model(), input.vmId)
    const { sourceId, destinationId } = wayOf(context)
    const all = await fetchNeeds(registry.get(sourceId), vm, signal)
    const { needs, local } = splitLocalDisks(model(), all, input.copyDisks)
    const [obstacle] = await askDestination(registry.get(destinationId), needs, signal)
    if (obstacle !== undefined) throw obstacle
    const copies = await fetchCopies(registry.get(sourceId), local, signal)
    const [noRoom] = await askForRoom(registry.get(destinationId), copies, signal)
    if (noRoom !== undefined) throw noRoom
    const isProved = (path: string) => {
      const verdict = domainOfPath(model(), path)?.locks.verdict
      return verdict === 'exclusive' || verdict === 'exclusive-and-fencing'
    }
    const network = findMigrationNetwork(model(), vm.clusterId)
    const [source, destination] =
      network === null
        ? [[], []]
        : await Promise.all([fetchAddresses(sourceId, network), fetchAddresses(destinationId, network)])
    const way = decideMigrationAddress({ network, source, destination, reachedAt: addressOf(destinationId) })
    const host = registry.get(way.lacking === 'source' ? sourceId : destinationId).definition.name
    const about = { host, address: way.address ?? host, network: way.networkName ?? '' }
    if (way.networkName === null) say('migrate-way', about)
    else say(way.lacking === null ? 'migrate-way-network' : 'migrate-way-lacking', about)
    return { isUnsafeAllowed: decideUnsafe(needs, isProved), copies, ...way }
  }

  async function begin(
    { hosts: registry, transitions, ownActions, promises, activateVolumes, underWay, log }: MigrationDependencies,
    context: Context,
  ): Promise<void> {
    const { input, model, signal, memory, user, isRow, results } = context
    const vm = requireVm(model(), input.vmId)
    const way = wayOf(context)
    const policy = MIGRATION_POLICIES[way.policy]
    const { isUnsafeAllowed, address } = results.check as { isUnsafeAllowed: boolean; address: string | null }
    const copiedDisks = copiesIn(results).map(({ target }) => target)
    const parallelConnections = input.parallelConnections ?? policy.parallelConnections
    const canPostCopy = policy.last === 'post-copy'
    const endActivation = await activateVolumes(way.destinationId, diskPathsOf(vm), signal)
    const [source, destination] = await openBoth(
      registry.get(way.sourceId),
      registry.get(way.destinationId),
      signal,
    ).catch((error: unknown) => {
      endActivation()
      throw error
    })
    const session = new MigrationSession(source, destination, {
      vm,
      flags:
        MIGRATE.live |
        MIGRATE.abortOnError |
        (way.persistent ? MIGRATE.persistAtDestination | MIGRATE.undefineAtSource : 0) |
        (way.wasPaused ? MIGRATE.paused : 0) |
        (policy.autoConverge ? MIGRATE.autoConverge : 0) |
        (canPostCopy ? MIGRATE.postCopy : 0) |
        (isUnsafeAllowed ? MIGRATE.unsafe : 0) |
        (copiedDisks.length > 0 ? MIGRATE.nonSharedDisk : 0) |
        (input.compressed ? MIGRATE.compressed : 0) |
        (parallelConnections === null ? 0 : MIGRATE.parallel),
      address,
      bandwidthMiBs: input.bandwidthMiBs ?? null,
      parallelConnections,
      copiedDisks,
    })
    const run = keepRun(memory, {
      session,
      clock,
      log,
      vmId: vm.id,
      ends: [
        endActivation,
        transitions.begin(vm.id, 'migrating-from', PERFORM_TIMEOUT_MS),
        underWay.begin(vm.id, { ...way, canPostCopy }),
        promises.make(way.destinationId, vm.id, vm.memoryKiB),
        ownActions.expect(vm.id, {
          kinds: ['vm.migrated', 'vm.defined', 'vm.undefined', 'vm.changed', 'vm.paused', 'vm.resumed', 'vm.stopped'],
          user,
          command: 'vm.migrate',
          silent: !isRow,
          withinMs: PERFORM_TIMEOUT_MS,
        }),
      ],
    })
    try {
      await session.begin(signal)
    } catch (error) {
      await run.end()
      throw translate(dependencies, context, error)
    }
  }

  async function perform({ hosts: registry, paces, log }: MigrationDependencies, context: Context): Promise<null> {
    const { input, model, signal, say, progress } = context
    const run = requireRun(context)
    const vm = requireVm(model(), input.vmId)
    const { sourceId, destinationId, policy } = wayOf(context)
    const link = registry.get(sourceId)
    const given = new AbortController()
    let why: AppError | null = null
    // A person's cancel, and the policy's, end the job on the host. The engine's own stop drops the connections, which ends it too.
    const abortJob = () => {
      const dom = domainReference({ name: vm.name, uuid: vm.id })
      link
        .control()
        .call('DOMAIN_ABORT_JOB', { dom })
        .catch((error: unknown) => {
          // Too late: the job had ended. What became of it the phase itself tells.
          if (!isAppError(error)) throw error
        })
    }
    const onAbort = () => {
      if (!isAppError(signal.reason, 'task.cancelled')) given.abort(signal.reason)
      else if (link.isLive) abortJob()
      else given.abort(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const stopWatching = watchMigration({
      link,
      vm,
      policyName: policy,
      clock,
      report: ({ fraction, iteration, remainingMiB, mibPerSecond, throttlePercent, remainingSeconds }) => {
        if (fraction !== null) progress(fraction)
        if (input.bandwidthMiBs === undefined) paces.keep(sourceId, destinationId, mibPerSecond)
        const held = throttlePercent > 0 ? 'migrate-sending-throttled' : 'migrate-sending'
        const key = throttlePercent === 0 && remainingSeconds !== null ? 'migrate-sending-left' : held
        const seconds = remainingSeconds ?? 0
        say(key, { vm: vm.name, iteration, remainingMiB, mibPerSecond, throttlePercent, remainingSeconds: seconds })
      },
      giveUp: (error) => {
        why = error
        abortJob()
      },
      log: (what, error) => log.warn({ err: error, vmId: vm.id }, what),
    })
    let isOver = false
    // A host whose power is gone leaves the source sending into the void, for as long as TCP has patience.
    void run.session.destinationEnded.then(() => {
      if (isOver) return
      const hostName = registry.get(destinationId).definition.name
      why = new AppError('migration.destination-lost', { name: vm.name, hostName }, { subject: vm.name })
      if (link.isLive) abortJob()
    })
    try {
      await run.session.perform(given.signal)
    } catch (error) {
      if (!isInterrupted(error)) await quietly(run.session.finish(true))
      await run.end()
      const cancelled = isAppError(signal.reason, 'task.cancelled') && !isInterrupted(error)
      if (cancelled) throw new AppError('task.cancelled', { command: 'vm.migrate' }, { cause: error })
      throw why ?? translate(dependencies, context, error)
    } finally {
      isOver = true
      stopWatching()
      signal.removeEventListener('abort', onAbort)
    }
    return null
  }

  async function finish(deps: MigrationDependencies, context: Context) {
    const { destinationId } = wayOf(context)
    const run = runIn(context.memory)
    const ends = endsOf(deps, context)
    if (run !== null) {
      try {
        await run.session.finish(false)
      } catch (error) {
        if (isInterrupted(error)) {
          await run.end()
          throw error
        }
        const where = await look(ends, context.input.vmId)
        if (where !== 'destination' && where !== 'handed-over') {
          await quietly(run.session.confirm(true))
          await run.end()
          throw translate(deps, context, error)
        }
      }
    }
    return { destinationId, downtimeMs: await fetchDowntimeMs(deps, context) }
  }

  async function confirm(deps: MigrationDependencies, context: Context) {
    const run = runIn(context.memory)
    const { autostart, persistent } = wayOf(context)
    const ends = endsOf(deps, context)
    const vm = named(context)
    if (run !== null) await quietly(run.session.confirm(false))
    await run?.end()
    await letGoAtSource(ends, vm, persistent)
    // What the other host has a copy of, and works with.
    await removeImages(ends.source, copiesIn(context.results))
    if (autostart) {
      const dom = domainReference({ name: vm.name, uuid: vm.id })
      await ends.destination
        .control()
        .call('DOMAIN_SET_AUTOSTART', { dom, autostart: 1 }, { timeoutMs: STATS_TIMEOUT_MS })
      await ends.destination.refreshDomain(vm.id)
    }
    return { totalMs: run === null ? null : Math.round(clock.monotonicMs() - run.startedMs) }
  }
}

async function openBoth(source: HostLink, destination: HostLink, signal: AbortSignal) {
  const atSource = await source.openConnection({ signal })
  try {
    return [atSource, await destination.openConnection({ signal })] as const
  } catch (error) {
    await atSource.close()
    throw error
  }
}

interface Wanted {
  readonly vmId: Vm['id']
  readonly hostId?: HostId | undefined
  readonly clusterId?: ClusterId | undefined
  readonly copyDisks: boolean
}

/** May it move, and to that host? Pure. */
function decideMigrate({ sight }: MigrationDependencies, model: ModelSnapshot, input: Wanted): AppError | null {
  const { vmId, hostId } = input
  const refusal = decideMovable(model, vmId)
  const vm = model.vms.get(vmId)
  if (refusal !== null || vm === undefined) return refusal
  if (hostId === undefined) {
    if (input.clusterId !== undefined && !model.clusters.has(input.clusterId))
      return new AppError('cluster.not-found', { clusterId: input.clusterId })
    return decideDestination(sight, model, vm, input) === null
      ? new AppError('migration.no-host', { name: vm.name }, { subject: vm.name })
      : null
  }
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  const wishes = { copyDisks: input.copyDisks, otherClusters: host.clusterId === input.clusterId }
  return decideObstacles(model, sight, vm, host, wishes).cannot[0] ?? null
}

function decideDestination(
  sight: MigrationDependencies['sight'],
  model: ModelSnapshot,
  vm: Vm,
  { hostId, clusterId = vm.clusterId, copyDisks }: Omit<Wanted, 'vmId'>,
): Host | null {
  if (hostId !== undefined) return model.hosts.get(hostId) ?? null
  const hosts = model.hosts.where('clusterId', clusterId)
  const verdicts = decideVerdicts(model, sight, [vm], hosts, { copyDisks, otherClusters: true })
  const target = decideTarget(verdicts)
  return target === null ? null : (model.hosts.get(target.hostId) ?? null)
}

function wayOf({ step }: Pick<Context, 'step'>): Way {
  return step.data as unknown as Way
}

function endsOf({ hosts }: MigrationDependencies, context: Context): Ends {
  const { sourceId, destinationId } = wayOf(context)
  return { source: hosts.get(sourceId), destination: hosts.get(destinationId) }
}

/** By its name where the VM is not to be seen just now. */
function named({ input, model }: Context): Pick<Vm, 'id' | 'name'> {
  const { vmId } = input
  return { id: vmId, name: model().vms.get(vmId)?.name ?? vmId }
}

function requireRun({ memory, input }: Context): MigrationRun {
  const run = runIn(memory)
  if (run === null)
    throw new AppError('migration.outcome-unknown', { name: input.vmId, hostName: '' }, { retry: 'after-refresh' })
  return run
}

/** What both hosts say of a phase that nobody has in hand any more. */
async function inspectWay(
  dependencies: MigrationDependencies,
  context: Context,
  phase: 'prepare' | 'perform' | 'finish',
) {
  const where = await look(endsOf(dependencies, context), context.input.vmId)
  if (where === 'destination' || where === 'handed-over') return phase === 'prepare' ? 'absent' : 'done'
  // libvirt takes the waiting QEMU down by itself once the connection that brought it there is gone.
  if (where === 'on-its-way') return 'running'
  return where === 'both' ? 'unknown' : 'absent'
}

/** How long the guest stood still, by the destination's own account; null: it does not say. */
async function fetchDowntimeMs(dependencies: MigrationDependencies, context: Context): Promise<number | null> {
  const { destination } = endsOf(dependencies, context)
  const { id, name } = named(context)
  try {
    const dom = domainReference({ name, uuid: id })
    const flags = JOB_STATS_COMPLETED
    const job = await destination
      .control()
      .call('DOMAIN_GET_JOB_STATS', { dom, flags }, { timeoutMs: STATS_TIMEOUT_MS })
    const { downtime } = typedParametersToObject(job.params)
    return downtime === undefined ? null : Number(downtime)
  } catch (error) {
    if (!isAppError(error)) throw error
    return null
  }
}

/** The daemon's words in ours. */
function translate({ hosts }: MigrationDependencies, context: Context, error: unknown): unknown {
  if (!isLibvirtError(error)) return error
  const { sourceId, destinationId } = wayOf(context)
  const { name } = named(context)
  const destination = hosts.get(destinationId)
  const about = { cause: error, subject: name, hostId: sourceId }
  const { message } = error.params
  const host = { hostName: destination.definition.name }
  if (isLibvirtError(error, 'system') && /tcp|connect|host/i.test(message)) {
    const { address: sentTo } = (context.results.check ?? {}) as Partial<MigrationAddress>
    const address = sentTo ?? destination.state.endpoint?.address ?? destination.definition.address
    return new AppError('migration.unreachable', { ...host, address, message }, about)
  }
  return new AppError('migration.failed', { name, ...host, message }, about)
}

/** For what only ends something that has failed already. */
async function quietly(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch((error: unknown) => {
    if (!isAppError(error)) throw error
  })
}

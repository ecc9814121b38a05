import type { HostId, Vm } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Inspection, StepContext, StepHandler } from '../../engine/index.ts'
import { type HostLink, isActiveState, isLibvirtError } from '../../hosts/index.ts'
import { XmlError } from '../../xml/index.ts'
import { createDiskWork, type DiskDependencies, partName, throwUnlessDone, whenReachable } from '../disk-work.ts'
import { asRootCommand } from '../on-host/run-as-root.ts'
import { IN_THE_WAY, inFolder } from '../on-host/scripts.ts'
import { endMirror, followMirror, isLinkLost, type Mirror, startMirror } from './block-mirror.ts'
import { type DriveState, namesFile, parseDriveState, withDiskFile } from './mirror-xml.ts'
import { type MoveData, moveDataSchema } from './move-data.ts'
import { makeTargetScript, ownsTargetScript, removeTargetScript, type TargetFile } from './target-file.ts'

type Context = StepContext<'disk.move'>
type Machine = NonNullable<MoveData['machine']>

const COPYING_MS = 7 * 24 * 60 * 60_000
const SHORT_MS = 60_000
const OUTPUT_BYTES = 64 * 1024
const MIB = 1024 * 1024
/** A host that is away for so long is looked at again when it is back. */
const HOST_PATIENCE_MS = 10 * 60_000

/** What a step works with. */
interface AtWork {
  readonly data: MoveData
  readonly machine: Machine
  readonly vm: Pick<Vm, 'id' | 'name' | 'hostId'>
  readonly link: HostLink
  readonly mirror: Mirror
}

/**
 * The steps of a move that concern the disk's machine. Of one that runs: an empty file, QEMU's mirror into it, the machine goes on with it. Of one
 * that is off: its definition is changed.
 */
export function createMachineSteps(dependencies: DiskDependencies) {
  const { registry, machines, clock, projection } = dependencies
  const work = createDiskWork(dependencies)

  const atWork = ({ step, model }: Context): AtWork => {
    const data = moveDataSchema.parse(step.data)
    const { machine } = data
    if (machine === null) throw new Error('a step on a machine without one')
    const name = model().vms.get(machine.vmId)?.name ?? machine.vmId
    const vm = { id: machine.vmId, name, hostId: machine.hostId }
    const link = registry.get(machine.hostId as HostId)
    const to = { path: machine.toPath, format: data.to.format }
    return { data, machine, vm, link, mirror: { vm, target: machine.target, to } }
  }

  /** Its disk as it is now. Errors: disk.machine-stopped, vm.definition-unreadable, those of the link. */
  async function stateOf({ link, vm, machine, data }: AtWork): Promise<DriveState> {
    const state = readable(vm, parseDriveState, await machines.running(link, vm), machine.target)
    if (state !== null) return state
    throw new AppError('disk.machine-stopped', { alias: data.alias, name: vm.name }, { subject: vm.name })
  }

  const isRunning = async ({ link, vm }: AtWork) => {
    const record = await link.refreshDomain(vm.id)
    return record !== null && isActiveState(record.state)
  }

  const isMirrored = ({ mirror }: DriveState, { machine }: AtWork) => mirror?.path === machine.toPath

  /** Ends the mirror where there is one. Errors: those of the link. */
  async function stopMirror(at: AtWork): Promise<void> {
    if (!(await isRunning(at)) || !isMirrored(await stateOf(at), at)) return
    try {
      await endMirror(at.link, at.mirror, { pivot: false })
    } catch (error) {
      // It may have ended by itself, or with its machine.
      if (!isLibvirtError(error) || ((await isRunning(at)) && isMirrored(await stateOf(at), at))) throw error
    }
  }

  const targetOf = ({ operationId, step }: Context): TargetFile => ({
    part: partName(operationId),
    fileName: moveDataSchema.parse(step.data).to.fileName,
  })

  /** Errors: disk.file-exists, disk.tool-missing, storage.full, those of the host. */
  async function makeTarget({ data, machine }: AtWork, context: Context): Promise<void> {
    const place = work.placeOf(context.model, context.input.storageDomainId)
    const { fileName, format } = data.to
    const script = makeTargetScript(targetOf(context), { format, sizeBytes: machine.virtualBytes })
    const limits = { timeoutMs: SHORT_MS, maxOutputBytes: OUTPUT_BYTES, signal: context.signal }
    const end = await place.host.runScript(asRootCommand(inFolder(place.folder, script)), limits)
    if (end.exitCode === IN_THE_WAY) throw new AppError('disk.file-exists', { fileName, name: place.domain.name })
    throwUnlessDone(place, { ...end, exitCode: end.exitCode ?? 1 }, 'qemu-img')
  }

  /** Neither its machine nor its next start has that file. Errors: disk.still-used, those of the link. */
  async function refuseUsed({ link, vm }: AtWork, path: string): Promise<void> {
    for (const xml of [await machines.running(link, vm), await machines.stored(link, vm)]) {
      if (!readable(vm, namesFile, xml, path)) continue
      throw new AppError('disk.still-used', { path, name: vm.name }, { subject: vm.name, retry: 'after-refresh' })
    }
  }

  const steps: Record<'prepare' | 'mirror' | 'pivot' | 'redefine', StepHandler<'disk.move'>> = {
    prepare: {
      run: async (context) => {
        await makeTarget(atWork(context), context)
        await projection.refresh(context.input.storageDomainId)
        return null
      },
      undo: async (context) => {
        const at = atWork(context)
        await whenReachable(context.model, context.input.storageDomainId, { clock, signal: context.signal })
        await stopMirror(at)
        // Whatever became of the mirror: a file that a machine has is no leftover.
        await refuseUsed(at, at.machine.toPath)
        const { storageDomainId } = context.input
        await work.run(work.placeOf(context.model, storageDomainId), removeTargetScript(targetOf(context)))
        await projection.refresh(storageDomainId, { withPool: true })
      },
      inspect: async (context) => {
        const place = work.placeOf(context.model, context.input.storageDomainId)
        return (await work.run(place, ownsTargetScript(targetOf(context)))).trim() === 'yes' ? 'done' : 'absent'
      },
    },

    mirror: {
      timeoutMs: COPYING_MS,
      run: async (context) => {
        const at = atWork(context)
        const { signal } = context
        try {
          await mirrorUntilReady(at, context)
        } catch (error) {
          const isCancelled = isAppError(signal.reason, 'task.cancelled')
          // As the engine stops, QEMU goes on, and the next engine with it.
          if (!isCancelled && (signal.aborted || isLinkLost(error))) throw unknownOutcome(at, error)
          await stopMirror(at).catch((failure: unknown) => {
            throw isLinkLost(failure) ? unknownOutcome(at, failure) : failure
          })
          throw isCancelled ? signal.reason : error
        }
        return null
      },
      undo: (context) => stopMirror(atWork(context)),
      inspect: async (context): Promise<Inspection> => {
        const at = atWork(context)
        const state = await stateOf(at)
        if (state.path === at.machine.toPath) return 'done'
        // One that is at it is joined by running the step again.
        return isMirrored(state, at) && state.mirror?.phase === 'ready' ? 'done' : 'absent'
      },
    },

    pivot: {
      run: async (context) => {
        const at = atWork(context)
        const { user, isRow } = context
        if ((await stateOf(at)).path === at.machine.toPath) return null
        if (!(await isRunning(at))) throw stopped(at)
        const change = async () => {
          try {
            await endMirror(at.link, at.mirror, { pivot: true })
          } catch (error) {
            if (!isLibvirtError(error)) throw unknownOutcome(at, error)
            if ((await stateOf(at)).path === at.machine.toPath) return
            if (!(await isRunning(at))) throw stopped(at)
            throw refused(at, error)
          }
        }
        await machines.changing({ user, isRow }, 'disk.move', at.vm, change)
        await at.link.refreshDomain(at.vm.id)
        return null
      },
      inspect: async (context) => {
        const at = atWork(context)
        return (await stateOf(at)).path === at.machine.toPath ? 'done' : 'absent'
      },
    },

    redefine: {
      run: async (context) => {
        const at = atWork(context)
        if (await isRunning(at)) {
          throw new AppError('vm.wrong-status', { name: at.vm.name, status: 'up', action: 'disk.move' })
        }
        await redefine(at, context, at.machine.fromPath, { path: at.machine.toPath, format: at.data.to.format })
        return null
      },
      undo: async (context) => {
        const at = atWork(context)
        await redefine(at, context, at.machine.toPath, { path: at.machine.fromPath, format: at.data.fromFormat })
      },
      inspect: async (context) => {
        const { link, vm, machine } = atWork(context)
        return readable(vm, namesFile, await machines.stored(link, vm), machine.fromPath) ? 'absent' : 'done'
      },
    },
  }

  async function redefine(
    { link, vm }: AtWork,
    { user, isRow }: Context,
    fromPath: string,
    to: { readonly path: string; readonly format: string },
  ): Promise<void> {
    const before = await machines.stored(link, vm)
    const xml = readable(vm, withDiskFile, before, fromPath, to)
    if (xml !== before) await machines.write({ user, isRow }, 'disk.move', { vm, link, xml })
  }

  async function mirrorUntilReady(at: AtWork, context: Context): Promise<void> {
    const { signal, input, progress } = context
    for (;;) {
      try {
        const state = await stateOf(at)
        if (state.path === at.machine.toPath) return
        if (!(await isRunning(at))) throw stopped(at)
        if (!isMirrored(state, at)) {
          await makeTarget(at, context)
          const limit = input.maxMiBPerSecond === undefined ? null : input.maxMiBPerSecond * MIB
          await startMirror(at.link, { ...at.mirror, limit }).catch((error: unknown) => {
            throw isLibvirtError(error) ? refused(at, error) : error
          })
        }
        const end = await followMirror(at.link, at.mirror, { clock, signal, report: progress })
        if (end === 'ready') return
        throw (await isRunning(at)) ? failed(at) : stopped(at)
      } catch (error) {
        if (signal.aborted || !isLinkLost(error)) throw error
        // QEMU goes on without us.
        if (!(await at.link.whenLive(HOST_PATIENCE_MS, signal))) throw error
      }
    }
  }

  return {
    steps,
    /** Both definitions have the new file; where the stored one has not, it gets it. Errors: disk.still-used, those of the link. */
    settle: async (context: Context): Promise<void> => {
      const at = atWork(context)
      await redefine(at, context, at.machine.fromPath, { path: at.machine.toPath, format: at.data.to.format })
      await refuseUsed(at, at.machine.fromPath)
    },
    refuseUsed: async (context: Context): Promise<void> => {
      if (moveDataSchema.parse(context.step.data).machine === null) return
      const at = atWork(context)
      await refuseUsed(at, at.machine.fromPath)
    },
  }
}

function readable<T, A extends readonly unknown[]>(
  { name }: Pick<Vm, 'name'>,
  read: (xml: string, ...rest: A) => T,
  xml: string,
  ...rest: A
): T {
  try {
    return read(xml, ...rest)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new AppError('vm.definition-unreadable', { name, detail: error.message }, { cause: error, subject: name })
  }
}

/** QEMU's mirror has ended with its machine: what it has written so far is no disk. */
function stopped({ data, vm }: AtWork): AppError {
  return new AppError('disk.machine-stopped', { alias: data.alias, name: vm.name }, { subject: vm.name })
}

function failed({ data, vm }: AtWork): AppError {
  return new AppError('disk.mirror-failed', { alias: data.alias, name: vm.name }, { subject: vm.name })
}

function refused({ vm }: AtWork, error: AppError<'libvirt.call-failed'>): AppError {
  const { message } = error.params
  const about = { cause: error, subject: vm.name, hostId: vm.hostId }
  return new AppError('vm.operation-refused', { name: vm.name, action: 'disk.move', message }, about)
}

/** Nobody knows how far the host is: it is looked at. */
function unknownOutcome({ vm }: AtWork, cause: unknown): AppError {
  const about = { cause, subject: vm.name, hostId: vm.hostId, retry: 'after-refresh' } as const
  return new AppError('vm.outcome-unknown', { name: vm.name, action: 'disk.move' }, about)
}

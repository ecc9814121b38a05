import type { CommandName } from '../../shared/contract/index.ts'
import type { StorageDomainId, Vm, VmId } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { decideDiskIdle, diskLock, domainLock } from '../disk/index.ts'
import type { Clock, ModelSnapshot, PlanDraft, StepContext } from '../engine/index.ts'
import { domainReference, type HostLink, type HostRegistry, isLibvirtError, refreshEverywhere } from '../hosts/index.ts'
import {
  decideAction,
  type OwnActions,
  planOnVm,
  requireVm,
  storageOfVm,
  type VmAction,
  type VmStepDraft,
  vmSubject,
} from '../vm/index.ts'
import type { SnapshotHost } from './decide-removal.ts'
import type { FoundSnapshot } from './fetch-snapshots.ts'
import type { KnownSnapshots } from './known-snapshots.ts'

/** Saving memory and merging layers take as long as disks do. */
export const WORK_TIMEOUT_MS = 24 * 60 * 60_000
const PROGRESS_INTERVAL_MS = 1_000
const ASK_TIMEOUT_MS = 10_000
/** `VIR_DOMAIN_JOB_NONE`. */
const JOB_NONE = 0

/** What the commands on snapshots need of the rest of the engine. */
export interface SnapshotDependencies {
  readonly hosts: HostRegistry
  readonly known: KnownSnapshots
  readonly ownActions: OwnActions
  /** Runs what changes a definition: what it makes of it is known. */
  readonly changeOwn: <T>(vm: Pick<Vm, 'id' | 'hostId'>, change: () => Promise<T>) => Promise<T>
  /** Files of a domain were made or removed. */
  readonly onFiles: (storageDomainId: StorageDomainId) => Promise<void>
  readonly clock: Clock
}

interface VmInput {
  readonly vmId: VmId
}
type Work<N extends CommandName> = StepContext<N> & { readonly input: VmInput }

/** What all commands on a VM's snapshots share. */
export function createSnapshotWork(dependencies: SnapshotDependencies) {
  const { hosts, known, ownActions, changeOwn, onFiles, clock } = dependencies
  const underWay = new Map<VmId, { readonly command: string; readonly user: string }>()

  const readOf = async (model: ModelSnapshot, { vmId }: VmInput) => {
    const vm = model.vms.get(vmId)
    const link = vm === undefined ? null : hosts.find(vm.hostId)
    if (vm !== undefined && link?.isLive === true) await known.read(link, vm)
  }

  function decideIdle(model: ModelSnapshot, vmId: VmId): AppError | null {
    const other = underWay.get(vmId)
    if (other === undefined) return null
    const { name } = requireVm(model, vmId)
    return new AppError('snapshot.at-work', { name, ...other }, { subject: name, retry: 'safe' })
  }

  return {
    /** Whom it is about, and a fresh look at the machine and its snapshots before it is decided. */
    base: {
      subject: vmSubject,
      admit: async (_identity: unknown, input: VmInput, model: ModelSnapshot) => {
        // A host that is at work on them may not answer meanwhile.
        if (underWay.has(input.vmId)) return model.vms.has(input.vmId) ? decideIdle(model, input.vmId) : null
        const busy = disksOf(model, input.vmId).map(({ id }) => decideDiskIdle(model, id))
        const refusal = busy.find((each) => each !== null) ?? null
        if (refusal === null) await readOf(model, input)
        return refusal
      },
      refresh: async ({ input, model }: { readonly input: VmInput; readonly model: () => ModelSnapshot }) => {
        await refreshEverywhere(hosts.list(), input.vmId)
        await readOf(model(), input)
      },
    },

    /**
     * Is the machine in a state for it, and nobody at work on its snapshots? What those are like is only known once they were read anew, so
     * that the plan refuses what they do not allow. Pure.
     */
    decide: (model: ModelSnapshot, vmId: VmId, action: VmAction): AppError | null =>
      decideAction(model, vmId, action) ?? decideIdle(model, vmId),

    /** What is known of them when it is planned. Throws snapshot.unread. */
    snapshotsOf: (model: ModelSnapshot, vmId: VmId): readonly FoundSnapshot[] => {
      const vm = requireVm(model, vmId)
      const snapshots = known.of(vmId)
      if (snapshots !== null) return snapshots
      throw new AppError('snapshot.unread', { name: vm.name, hostName: hostOf(model, vm).name }, { subject: vm.name })
    },

    /** A plan on the machine where it is; its disks and their domains are held, too. */
    plan: (model: ModelSnapshot, vmId: VmId, steps: readonly VmStepDraft[]): PlanDraft => {
      const draft = planOnVm(model, vmId, steps)
      const disks = disksOf(model, vmId)
      const domains = storageOfVm(model, requireVm(model, vmId))
      const locks = [
        ...domains.sort().map(domainLock),
        ...disks
          // A base that is only read others lie on as well.
          .filter(({ kind, shareable, readOnly }) => kind === 'disk' && !shareable && !readOnly)
          .map(({ id }) => id)
          .sort()
          .map(diskLock),
      ]
      return { ...draft, locks: [...draft.locks, ...locks] }
    },

    vmAndLink: ({
      input,
      model,
      step,
    }: Work<never> | StepContext<never>): { readonly vm: Vm; readonly link: HostLink } => {
      const vm = requireVm(model(), (input as VmInput).vmId)
      return { vm, link: hosts.get((step.hostId ?? vm.hostId) as Vm['hostId']) }
    },

    /** Does something to a machine's snapshots, such that its events are ours; afterwards everything of it is read anew. */
    doing: async <T>(
      { user, isRow, model }: Pick<StepContext<never>, 'user' | 'isRow' | 'model'>,
      { vm, link, command }: { readonly vm: Vm; readonly link: HostLink; readonly command: CommandName },
      work: () => Promise<T>,
    ): Promise<T> => {
      underWay.set(vm.id, { command, user })
      const ended = ownActions.expect(vm.id, {
        kinds: ['vm.paused', 'vm.resumed', 'vm.stopped', 'vm.started', 'vm.changed'],
        user,
        command,
        silent: !isRow,
        withinMs: WORK_TIMEOUT_MS,
      })
      try {
        return await changeOwn(vm, work)
      } finally {
        underWay.delete(vm.id)
        await quietly(link.refreshDomain(vm.id))
        await quietly(known.read(link, vm))
        known.announce(vm.id)
        for (const id of storageOfVm(model(), vm)) await quietly(onFiles(id))
        ended()
      }
    },

    /** Whether QEMU is at work for such a command that nobody waits for any more. */
    isAtWork: async (link: HostLink, vm: Vm): Promise<boolean> => {
      const dom = domainReference({ name: vm.name, uuid: vm.id })
      const limits = { timeoutMs: ASK_TIMEOUT_MS }
      try {
        const job = await link.control().call('DOMAIN_GET_JOB_STATS', { dom, flags: 0 }, limits)
        if (job.type !== JOB_NONE) return true
      } catch (error) {
        if (!isLibvirtError(error)) throw error
        // A machine that is off has no job that could be asked for. Of the job of a snapshot libvirt has no statistics, and says that as an error.
        if (!isLibvirtError(error, 'operationInvalid')) return true
      }
      return (await fetchMerging(link, vm)) !== null
    },

    /** Tells how far the merging of a machine's layers is, each second. Returns how to stop. */
    watchMerging: (link: HostLink, vm: Vm, report: (fraction: number) => void): (() => void) => {
      let stopped = false
      let cancelTimer: () => void = () => undefined
      const ask = async () => {
        const fraction = await quietly(fetchMerging(link, vm))
        if (typeof fraction === 'number' && !stopped) report(fraction)
        if (!stopped) cancelTimer = clock.after(PROGRESS_INTERVAL_MS, () => void ask())
      }
      cancelTimer = clock.after(PROGRESS_INTERVAL_MS, () => void ask())
      return () => {
        stopped = true
        cancelTimer()
      }
    },
  }
}

export type SnapshotWork = ReturnType<typeof createSnapshotWork>

function disksOf(model: ModelSnapshot, vmId: VmId) {
  return [...model.disks.values()].filter(({ usedBy }) => usedBy.some((use) => use.vmId === vmId))
}

/** The host that decides what is possible. Pure. */
export function hostOf(model: ModelSnapshot, vm: Pick<Vm, 'hostId'>): SnapshotHost {
  const host = model.hosts.get(vm.hostId)
  return { name: host?.name ?? vm.hostId, libvirtVersion: host?.facts?.libvirtVersion ?? '0' }
}

/** Whether a file may be removed with a machine's layers: nobody has registered it as a disk, and no other machine has it. Pure. */
export function isOwnLayer(model: ModelSnapshot, vmId: VmId, path: string): boolean {
  const known = [...model.disks.values()].filter((disk) => disk.path === path)
  return known.every(({ registered, usedBy }) => !registered && usedBy.every((use) => use.vmId === vmId))
}

/** How far the block jobs of a machine's disks are, 0–1; null: there are none. Errors: those of the link. */
async function fetchMerging(link: HostLink, vm: Vm): Promise<number | null> {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const limits = { timeoutMs: ASK_TIMEOUT_MS }
  let [done, all, jobs] = [0, 0, 0]
  for (const { target, device, source } of vm.disks) {
    if (device !== 'disk' || source === null) continue
    try {
      const job = await link.control().call('DOMAIN_GET_BLOCK_JOB_INFO', { dom, path: target, flags: 0 }, limits)
      if (job.found === 0) continue
      jobs += 1
      done += Number(job.cur)
      all += Number(job.end)
    } catch (error) {
      // A machine that is off has none.
      if (!isAppError(error, 'libvirt.call-failed')) throw error
    }
  }
  if (jobs === 0) return null
  return all > 0 ? Math.min(1, done / all) : 0
}

/** It is done, or it only tells more: that it failed just now is no failure of the work. */
export async function quietly<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (!isAppError(error)) throw error
    return undefined
  }
}

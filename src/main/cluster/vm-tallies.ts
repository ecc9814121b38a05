import type { ClusterId, Vm, VmId, VmStatus } from '../../shared/domain/index.ts'

/** Sums over the VMs of one cluster. */
export interface VmTally {
  readonly count: number
  readonly byStatus: ReadonlyMap<VmStatus, number>
  /** The most that each can have, running or not. */
  readonly vcpus: number
  readonly memoryKiB: number
  readonly runningVcpus: number
  readonly runningMemoryKiB: number
}

interface Share {
  readonly clusterId: ClusterId
  readonly status: VmStatus
  readonly runs: boolean
  readonly vcpus: number
  readonly memoryKiB: number
}

type MutableTally = { -readonly [Field in keyof Omit<VmTally, 'byStatus'>]: number } & {
  readonly byStatus: Map<VmStatus, number>
}

const NOT_RUNNING: ReadonlySet<VmStatus> = new Set(['down', 'suspended', 'image-locked', 'image-illegal'])
const EMPTY: VmTally = createTally()

/** Sums by cluster, kept by what each VM last added to them: a change of one VM costs O(1), whatever their number. */
export class VmTallies {
  readonly #shares = new Map<VmId, Share>()
  readonly #tallies = new Map<ClusterId, MutableTally>()

  of(clusterId: ClusterId): VmTally {
    return this.#tallies.get(clusterId) ?? EMPTY
  }

  /** The VM as it is now; undefined: it is gone. Returns the clusters whose sums changed. */
  update(vmId: VmId, vm: Vm | undefined): readonly ClusterId[] {
    const before = this.#shares.get(vmId)
    const after = vm === undefined ? undefined : shareOf(vm)
    if (before !== undefined && after !== undefined && isSameShare(before, after)) return []
    if (before !== undefined) this.#add(before, -1)
    if (after === undefined) this.#shares.delete(vmId)
    else {
      this.#shares.set(vmId, after)
      this.#add(after, 1)
    }
    return [before, after].flatMap((share) => (share === undefined ? [] : [share.clusterId]))
  }

  #add({ clusterId, status, runs, vcpus, memoryKiB }: Share, sign: 1 | -1): void {
    const tally = this.#tallies.get(clusterId) ?? createTally()
    this.#tallies.set(clusterId, tally)
    const ofStatus = (tally.byStatus.get(status) ?? 0) + sign
    if (ofStatus === 0) tally.byStatus.delete(status)
    else tally.byStatus.set(status, ofStatus)
    tally.count += sign
    tally.vcpus += sign * vcpus
    tally.memoryKiB += sign * memoryKiB
    if (runs) {
      tally.runningVcpus += sign * vcpus
      tally.runningMemoryKiB += sign * memoryKiB
    }
    if (tally.count === 0) this.#tallies.delete(clusterId)
  }
}

function createTally(): MutableTally {
  return { count: 0, byStatus: new Map(), vcpus: 0, memoryKiB: 0, runningVcpus: 0, runningMemoryKiB: 0 }
}

/** What nobody can say runs where it ran when its host was last heard: it may well run on. */
function shareOf({ clusterId, status, lastStatus, maxVcpus, vcpus, maxMemoryKiB, memoryKiB }: Vm): Share {
  return {
    clusterId,
    status,
    runs: status === 'unknown' ? lastStatus !== null && !NOT_RUNNING.has(lastStatus) : !NOT_RUNNING.has(status),
    vcpus: Math.max(maxVcpus, vcpus),
    memoryKiB: Math.max(maxMemoryKiB, memoryKiB),
  }
}

function isSameShare(one: Share, other: Share): boolean {
  return (
    one.clusterId === other.clusterId &&
    one.status === other.status &&
    one.runs === other.runs &&
    one.vcpus === other.vcpus &&
    one.memoryKiB === other.memoryKiB
  )
}

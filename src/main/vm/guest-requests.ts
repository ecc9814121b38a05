import type { EventKind, GuestAnswer, HostId, VmId } from '../../shared/domain/index.ts'
import type { AuditTrail, Clock, ModelSnapshot } from '../engine/index.ts'
import { type DomainRecord, type HostChange, type HostRegistry, isActiveState } from '../hosts/index.ts'
import { decideLateAnswer, type GuestRun, type SeenGuest } from './decide-late-answer.ts'
import type { TransitionKind } from './decide-status.ts'
import type { OwnActions } from './own-actions.ts'
import { vmSubject } from './rules.ts'
import type { Transitions } from './transitions.ts'

const MINUTE_MS = 60_000
/** What a guest does within this time it does because it was asked: one that installs its updates first takes long. */
const LATE_ANSWER_MS = 30 * MINUTE_MS
const FOLLOWED_PER_VM = 16

/** What a guest was asked for, by whom, and how that shows. */
export interface GuestRequest {
  readonly vmId: VmId
  readonly user: string
  readonly command: string
  /** The events that its host sends when it has done it, and the reason that they then give. */
  readonly events: readonly EventKind[]
  readonly reason?: string | undefined
  /** Its status until it has done it, and how long it is given. */
  readonly status: TransitionKind
  readonly withinMs: number
  /** When it has done it, it is down: that can be seen afterwards. */
  readonly goesDown: boolean
  /** Null: not known. */
  readonly askedRun: GuestRun | null
  readonly model: () => ModelSnapshot
  readonly answered: (outcome: GuestAnswer['outcome']) => void
}

interface Followed {
  readonly request: GuestRequest
  /** By the monotonic clock. */
  readonly until: number
  /** Its time was over while nobody could see it. */
  isLate: boolean
  /** Done once it is seen for the first time. */
  onFirstSight: (() => void) | null
  /** Ends what shows and what is expected of it. */
  readonly ends: (() => void)[]
}

export interface GuestRequestsOptions {
  readonly hosts: Pick<HostRegistry, 'find' | 'list' | 'onChange'>
  readonly transitions: Pick<Transitions, 'begin'>
  readonly ownActions: OwnActions
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
}

/**
 * Follows what guests make of what they were asked for. Their events tell it; what happened while a host was away, or the engine,
 * is read from how the host shows the machine afterwards.
 */
export class GuestRequests {
  readonly #with: GuestRequestsOptions
  readonly #byVm = new Map<VmId, readonly Followed[]>()
  readonly #live = new Set<HostId>()
  readonly stop: () => void

  constructor(options: GuestRequestsOptions) {
    this.#with = options
    for (const { id, isLive } of options.hosts.list()) if (isLive) this.#live.add(id)
    this.stop = options.hosts.onChange((change) => this.#onChange(change))
  }

  /** The guest is asked now. The returned function takes that back: nobody was asked for anything. */
  begin(request: GuestRequest): () => void {
    const followed = this.#follow(request, 0)
    this.#expect(followed, LATE_ANSWER_MS)
    this.#showBusy(followed, request.withinMs)
    return () => this.#end(followed)
  }

  /** Asked by an engine that is gone, so many milliseconds ago, with what it knew of the answer. */
  resume(request: GuestRequest, agoMs: number, answer: GuestAnswer | null): void {
    const followed = this.#follow(request, agoMs)
    followed.onFirstSight = () => {
      if (!request.goesDown) {
        // It may have been done before anybody looked, or not yet.
        request.answered('unseen')
      } else if (agoMs < request.withinMs) {
        this.#showBusy(followed, request.withinMs - agoMs)
      } else if (answer === null) this.#tellUnanswered(request)
      if (agoMs < LATE_ANSWER_MS) this.#expect(followed, LATE_ANSWER_MS - agoMs)
      else this.#unfollow(followed)
    }
    this.#look(request.vmId)
  }

  #follow(request: GuestRequest, agoMs: number): Followed {
    const now = this.#with.clock.monotonicMs()
    const until = now + Math.max(0, LATE_ANSWER_MS - agoMs)
    const followed: Followed = { request, until, isLate: false, onFirstSight: null, ends: [] }
    const others = (this.#byVm.get(request.vmId) ?? []).filter(
      (each) => each.onFirstSight !== null || each.until >= now,
    )
    this.#byVm.set(request.vmId, [followed, ...others].slice(0, FOLLOWED_PER_VM))
    return followed
  }

  #unfollow(followed: Followed): void {
    const { vmId } = followed.request
    const others = (this.#byVm.get(vmId) ?? []).filter((each) => each !== followed)
    if (others.length > 0) this.#byVm.set(vmId, others)
    else this.#byVm.delete(vmId)
  }

  /** What the guest does from here on is not our doing. */
  #end(followed: Followed): void {
    for (const end of followed.ends.splice(0)) end()
    this.#unfollow(followed)
  }

  #expect(followed: Followed, withinMs: number): void {
    const { vmId, events, reason, user, command, answered } = followed.request
    const end = this.#with.ownActions.expect(vmId, {
      kinds: events,
      reason,
      user,
      command,
      // What a guest does later gets a line of its own.
      silent: false,
      withinMs,
      onAnswer: (outcome) => {
        this.#unfollow(followed)
        answered(outcome)
      },
    })
    followed.ends.push(end)
  }

  #showBusy(followed: Followed, withinMs: number): void {
    const { request } = followed
    const end = this.#with.transitions.begin(request.vmId, request.status, withinMs, () => {
      const now = request.model().vms.get(request.vmId)
      // One that cannot be asked may have done it: that is seen later.
      if (now === undefined || now.stale) followed.isLate = true
      else this.#tellUnanswered(request)
    })
    followed.ends.push(end)
  }

  #tellUnanswered({ vmId, user, command, withinMs, model, answered }: GuestRequest): void {
    answered('unanswered')
    this.#with.audit.record({
      kind: 'command.unanswered',
      severity: 'warning',
      subject: vmSubject(model(), { vmId }),
      user,
      command,
      params: { minutes: withinMs / MINUTE_MS },
    })
  }

  #onChange(change: HostChange): void {
    if (this.#byVm.size === 0 && change.kind !== 'state' && change.kind !== 'removed') return
    if (change.kind === 'event') {
      if (change.event.kind === 'domain-reboot') this.#onReboot(change.event.domain.uuid as VmId)
    } else if (change.kind === 'domains') {
      for (const uuid of change.uuids) if (this.#byVm.has(uuid as VmId)) this.#look(uuid as VmId)
    } else if (change.kind === 'removed') {
      this.#live.delete(change.hostId)
      this.#lookAtAll()
    } else if (change.kind === 'state') {
      const { hostId } = change
      if (this.#with.hosts.find(hostId)?.isLive !== true) this.#live.delete(hostId)
      else if (!this.#live.has(hostId)) {
        this.#live.add(hostId)
        this.#lookAtAll()
      }
    }
  }

  /** It begins anew, by a reset or by itself: nothing in it knows any more that it was asked to go down. */
  #onReboot(vmId: VmId): void {
    for (const followed of this.#byVm.get(vmId) ?? []) {
      const { request, onFirstSight } = followed
      if (!request.goesDown || onFirstSight !== null) continue
      this.#end(followed)
      request.answered('overtaken')
    }
  }

  #lookAtAll(): void {
    for (const vmId of [...this.#byVm.keys()]) this.#look(vmId)
  }

  #look(vmId: VmId): void {
    const seen = this.#see(vmId)
    if (seen === undefined) return
    const now = this.#with.clock.monotonicMs()
    for (const followed of this.#byVm.get(vmId) ?? []) {
      const { request, onFirstSight } = followed
      const outcome = decideLateAnswer(seen, request)
      followed.onFirstSight = null
      if (outcome !== 'busy') {
        this.#unfollow(followed)
        request.answered(outcome)
      } else if (onFirstSight !== null) onFirstSight()
      else if (followed.isLate) {
        followed.isLate = false
        this.#tellUnanswered(request)
      }
      if (followed.until < now) this.#unfollow(followed)
    }
  }

  /** How its host shows it now; null: no host has it. Undefined: nobody can tell. */
  #see(vmId: VmId): SeenGuest | null | undefined {
    const links = this.#with.hosts.list()
    const found = links.flatMap((link) => {
      const record = link.isLive ? link.domains.get(vmId) : undefined
      return record === undefined ? [] : [{ hostId: link.id, record }]
    })
    const seen = found.find(({ record }) => isActiveState(record.state)) ?? found[0]
    if (seen !== undefined) return { ...seen.record, run: runOf(seen.hostId, seen.record) }
    return links.every(({ isLive }) => isLive) ? null : undefined
  }
}

/** The run that a host shows of a machine; null: it does not run, or that is not known. */
export function runOf(hostId: HostId, record: DomainRecord | undefined): GuestRun | null {
  const domainId = record?.definition.domainId ?? null
  return domainId === null ? null : { hostId, domainId }
}

import type { ClusterId, HostId, Vm, VmId } from '../../shared/domain/index.ts'
import type { Clock, Collection } from '../engine/index.ts'
import { type DomainRecord, type GuestAges, type HostChange, type HostRegistry, isActiveState } from '../hosts/index.ts'
import { buildVm } from './build-vm.ts'
import { decidePlacement } from './decide-placement.ts'
import { type DecidedStatus, decideStatus } from './decide-status.ts'
import { LiveDetails } from './live-details.ts'
import type { StatusTimes } from './status-times.ts'
import { Transitions } from './transitions.ts'

export interface VmProjectionOptions {
  readonly hosts: HostRegistry
  readonly vms: Collection<'vms'>
  readonly times: StatusTimes
  readonly clock: Clock
}

interface Found {
  readonly hostId: HostId
  readonly record: DomainRecord
  readonly live: boolean
  readonly hostAsOf: number | null
  readonly hostName: string
  readonly clusterId: ClusterId
}

/** Makes the topic `vms` of what all hosts have. One VM is made anew when one of its domains, hosts or our actions changed. */
export class VmProjection {
  readonly transitions: Transitions
  readonly details: LiveDetails
  readonly #options: VmProjectionOptions
  /** Which hosts have a definition of a VM. */
  readonly #hostsOf = new Map<VmId, Set<HostId>>()
  /** Which VMs of a host are in the index, so that a host can be taken out of it. */
  readonly #vmsOf = new Map<HostId, Set<VmId>>()
  /** What the inventory remembers of a host that has not been reached yet. */
  readonly #remembered = new Map<HostId, ReadonlyMap<string, DomainRecord>>()
  readonly #liveHosts = new Set<HostId>()
  readonly #stopListening: () => void

  constructor(options: VmProjectionOptions) {
    this.#options = options
    this.transitions = new Transitions(options.clock, (vmId) => this.#update(vmId))
    this.details = new LiveDetails((vmId) => this.#update(vmId))
    this.#stopListening = options.hosts.onChange((change) => this.#onChange(change))
    for (const link of options.hosts.list()) this.#updateDomains(link.id, [...link.domains.keys()])
  }

  /** Shows what is remembered of a host until it has been reached for the first time. */
  remember(hostId: HostId, records: readonly DomainRecord[]): void {
    const link = this.#options.hosts.find(hostId)
    if (link === null || link.isLive || link.domains.size > 0) return
    this.#remembered.set(hostId, new Map(records.map((record) => [record.uuid, record])))
    this.#updateDomains(
      hostId,
      records.map((record) => record.uuid),
    )
  }

  /** Puts records in place of those that are remembered of a host, as long as they are. */
  refineRemembered(hostId: HostId, records: readonly DomainRecord[]): void {
    if (this.#remembered.has(hostId)) this.remember(hostId, records)
  }

  /** How long guests of a host have been running, by the host's own word. */
  learnAges(hostId: HostId, ages: GuestAges): void {
    const records = this.#recordsOf(hostId)
    for (const [uuid, ageMs] of ages) {
      const vmId = uuid as VmId
      const record = records?.get(uuid)
      if (record === undefined || this.#options.vms.entities.get(vmId)?.hostId !== hostId) continue
      if (this.#options.times.learnAge(vmId, record.reason, ageMs)) this.#update(vmId)
    }
  }

  /** The wall's clock was set by so much, milliseconds: what was stamped before moves with it. */
  shiftStamps(deltaMs: number): void {
    const { vms, times } = this.#options
    times.shiftStamps(deltaMs)
    for (const vm of [...vms.entities.values()]) {
      // What libvirt's own state has been since, the times know; what lies over it is only here.
      vms.upsert({ ...vm, statusSince: vm.statusSince + deltaMs })
      this.#update(vm.id)
    }
  }

  stop(): void {
    this.#stopListening()
    this.transitions.stop()
  }

  #onChange(change: HostChange): void {
    const { hostId } = change
    if (change.kind === 'domains') {
      this.#forgetRemembered(hostId)
      this.#updateDomains(hostId, change.uuids)
    } else if (change.kind === 'state') {
      this.#updateHost(hostId)
      this.#pruneTimes(hostId)
    } else if (change.kind === 'removed') {
      this.#remembered.delete(hostId)
      this.#updateDomains(hostId, [...(this.#vmsOf.get(hostId) ?? [])])
    } else if (change.kind === 'event' && change.event.kind === 'domain-reboot') {
      this.transitions.end(change.event.domain.uuid as VmId, 'reboot-in-progress')
    }
  }

  #forgetRemembered(hostId: HostId): void {
    const remembered = this.#remembered.get(hostId)
    if (remembered === undefined) return
    this.#remembered.delete(hostId)
    this.#updateDomains(hostId, [...remembered.keys()])
  }

  #recordsOf(hostId: HostId): ReadonlyMap<string, DomainRecord> | undefined {
    return this.#remembered.get(hostId) ?? this.#options.hosts.find(hostId)?.domains
  }

  #updateDomains(hostId: HostId, uuids: readonly string[]): void {
    const records = this.#recordsOf(hostId)
    for (const uuid of uuids) {
      const vmId = uuid as VmId
      if (records?.has(uuid) === true) this.#index(hostId, vmId)
      else this.#unindex(hostId, vmId)
      this.#update(vmId)
    }
  }

  /** A host's state matters to its VMs only by whether what is known of them is current, by its name, and by its cluster. */
  #updateHost(hostId: HostId): void {
    const { stale, asOf, definition } = this.#options.hosts.find(hostId)?.state ?? { stale: true, asOf: null }
    for (const vmId of this.#vmsOf.get(hostId) ?? []) {
      const vm = this.#options.vms.entities.get(vmId)
      const isOlder = stale && asOf !== null && vm?.asOf !== asOf
      const moved = vm?.hostId === hostId && vm.clusterId !== definition?.clusterId
      if (vm === undefined || vm.stale !== stale || vm.hostId !== hostId || isOlder || moved) this.#update(vmId)
    }
  }

  /** A host that has just come back has told all that it has. */
  #pruneTimes(hostId: HostId): void {
    if (this.#options.hosts.find(hostId)?.isLive !== true) this.#liveHosts.delete(hostId)
    else if (!this.#liveHosts.has(hostId)) {
      this.#liveHosts.add(hostId)
      this.#options.times.prune(hostId, (vmId) => this.#hostsOf.has(vmId))
    }
  }

  #index(hostId: HostId, vmId: VmId): void {
    setFor(this.#hostsOf, vmId).add(hostId)
    setFor(this.#vmsOf, hostId).add(vmId)
  }

  #unindex(hostId: HostId, vmId: VmId): void {
    removeFrom(this.#hostsOf, vmId, hostId)
    removeFrom(this.#vmsOf, hostId, vmId)
  }

  #find(vmId: VmId): Found[] {
    const found: Found[] = []
    for (const hostId of this.#hostsOf.get(vmId) ?? []) {
      const link = this.#options.hosts.find(hostId)
      const record = this.#recordsOf(hostId)?.get(vmId)
      if (link === null || record === undefined) continue
      const { definition, asOf } = link.state
      found.push({
        hostId,
        record,
        live: link.isLive,
        hostAsOf: asOf,
        hostName: definition.name,
        clusterId: definition.clusterId,
      })
    }
    return found
  }

  #update(vmId: VmId): void {
    const { vms, times } = this.#options
    const before: Vm | undefined = vms.entities.get(vmId)
    const found = this.#find(vmId)
    const candidates = found.map(({ hostId, record, live }) => ({
      hostId,
      live,
      active: isActiveState(record.state),
      waits: waitsForMigration(record),
    }))
    const placement = decidePlacement(candidates, before?.hostId ?? null)
    const chosen = found.find((each) => each.hostId === placement?.hostId)
    if (placement === null || chosen === undefined) {
      this.details.forget(vmId)
      times.forget(vmId)
      vms.remove(vmId)
      return
    }
    const { record, live, hostAsOf } = chosen
    const active = isActiveState(record.state)
    if (live && !active) {
      this.details.forget(vmId)
      this.transitions.end(vmId, 'powering-down', 'reboot-in-progress', 'saving-state')
    }
    const status = decideStatus({ record, live, transition: this.transitions.kindOf(vmId) })
    vms.upsert(
      buildVm({
        vmId,
        record,
        placement,
        clusterId: chosen.clusterId,
        live,
        hostAsOf,
        status,
        lastStatus: live ? null : times.statusOf(vmId),
        since: this.#decideSince(vmId, chosen, status, before),
        hostNames: found.filter((each) => placement.runsOnSeveral.includes(each.hostId)).map((each) => each.hostName),
        nics: this.details.applyTo(vmId, record.definition.nics),
      }),
    )
  }

  /** What libvirt's own state has been since, or, for a status that we lay over it, since when it is laid. */
  #decideSince(
    vmId: VmId,
    { hostId, record, live }: Found,
    shown: DecidedStatus,
    before: Vm | undefined,
  ): { at: number; exact: boolean } {
    const { times, clock } = this.#options
    if (live) {
      const { status } = decideStatus({ record, live, transition: null })
      const { domainId } = record.definition
      const { since, exact } = times.see({ vmId, hostId, status, domainId })
      if (status === shown.status) return { at: since, exact }
    } else times.lose(vmId)
    if (before?.status === shown.status) return { at: before.statusSince, exact: before.statusSinceExact }
    return { at: clock.now(), exact: true }
  }
}

/** A saved state that is read back calls itself an incoming migration, too. */
function waitsForMigration({ state, reason, hasManagedSave }: DomainRecord): boolean {
  return state === 'paused' && (reason === 'migration' || reason === 'post-copy') && !hasManagedSave
}

function setFor<Key, Value>(map: Map<Key, Set<Value>>, key: Key): Set<Value> {
  const existing = map.get(key)
  if (existing !== undefined) return existing
  const created = new Set<Value>()
  map.set(key, created)
  return created
}

function removeFrom<Key, Value>(map: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = map.get(key)
  set?.delete(value)
  if (set?.size === 0) map.delete(key)
}

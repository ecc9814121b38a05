import type { HostId, VmId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import { type DomainEvent, type DomainRecord, domainReference, type HostRegistry } from '../hosts/index.ts'
import type { VmDefinitionRecord, VmDefinitionsRepository } from '../inventory/index.ts'
import { parseDomain, XmlError } from '../xml/index.ts'

/** `VIR_DOMAIN_XML_INACTIVE`, without secrets. */
const XML_INACTIVE = 2
/** Changes come in bursts; what is written is what holds after them. */
const SETTLE_MS = 2_000
/** After a failure while the host is there. */
const RETRY_MS = 60_000
const BATCH = 50

export interface DefinitionKeeperOptions {
  readonly hosts: HostRegistry
  readonly definitions: VmDefinitionsRepository
  readonly clock: Clock
  readonly log: Log
}

/**
 * Keeps the last known definition of every persistent domain in the inventory, so that a VM is known when its host is gone.
 * Read in the background, one at a time, when a domain is new or was redefined. Returns how to stop.
 */
export function startDefinitionKeeper({
  hosts,
  definitions,
  clock,
  log,
}: DefinitionKeeperOptions): () => Promise<void> {
  const dirty = new Map<HostId, Set<VmId>>()
  /** The persistent VMs of each host whose whole list was seen on its present connection. */
  const known = new Map<HostId, Set<VmId>>()
  /** Hosts of which the inventory may remember VMs that were undefined while nobody looked. */
  const unpruned = new Set<HostId>()
  let running: Promise<void> | null = null
  let cancelTimer: () => void = () => undefined
  let stopped = false

  function mark(hostId: HostId, vmIds: readonly VmId[]): void {
    dirty.set(hostId, new Set([...(dirty.get(hostId) ?? []), ...vmIds]))
    flushAfter(SETTLE_MS)
  }

  function flushAfter(delayMs: number): void {
    if (running !== null || stopped) return
    cancelTimer()
    cancelTimer = clock.after(delayMs, () => {
      running = flush().then((failed) => {
        running = null
        // What was marked since, at once; what failed, later.
        if (dirty.size > 0) flushAfter(SETTLE_MS)
        else if (failed.size > 0) flushAfter(RETRY_MS)
        for (const [hostId, vmIds] of failed) dirty.set(hostId, new Set([...vmIds, ...(dirty.get(hostId) ?? [])]))
      })
    })
  }

  /** Returns what could not be kept though its host is there. */
  async function flush(): Promise<ReadonlyMap<HostId, ReadonlySet<VmId>>> {
    const failed = new Map<HostId, ReadonlySet<VmId>>()
    for (const [hostId, vmIds] of [...dirty]) {
      dirty.delete(hostId)
      if (stopped) break
      try {
        await keep(hostId, vmIds)
      } catch (error) {
        log.warn({ err: error, hostId }, 'definitions could not be kept')
        if (hosts.find(hostId)?.isLive === true) failed.set(hostId, vmIds)
      }
    }
    return failed
  }

  async function keep(hostId: HostId, marked: ReadonlySet<VmId>): Promise<void> {
    const link = hosts.find(hostId)
    if (link === null || !link.isLive) return forget(hostId)
    const remembered = unpruned.has(hostId) ? (await definitions.fetchForHost(hostId)).map(({ vmId }) => vmId) : []
    const isPersistent = (vmId: VmId) => link.domains.get(vmId)?.persistent === true
    const gone = [...marked, ...remembered].filter((vmId) => !isPersistent(vmId))
    if (gone.length > 0 && link.isLive) await definitions.remove(hostId, gone)
    unpruned.delete(hostId)
    const vmIds = [...marked]
    for (let start = 0; start < vmIds.length && !stopped; start += BATCH) {
      const batch: VmDefinitionRecord[] = []
      for (const vmId of vmIds.slice(start, start + BATCH)) {
        const record = link.domains.get(vmId)
        if (record?.persistent !== true) continue
        const dom = domainReference(record)
        const read = link.control().call('DOMAIN_GET_XML_DESC', { dom, flags: XML_INACTIVE })
        const xml = await read.then((result) => result.xml).catch(unlessRefused)
        if (xml !== null) batch.push({ hostId, vmId, name: record.name, xml, readAt: clock.now() })
      }
      await definitions.saveAll(batch)
    }
  }

  /** What happens to a host that is away nobody tells: the list of its next connection counts as its first. */
  function forget(hostId: HostId): void {
    dirty.delete(hostId)
    known.delete(hostId)
    unpruned.delete(hostId)
  }

  function noteDomains(hostId: HostId, uuids: readonly string[]): void {
    const seen = known.get(hostId) ?? new Set()
    if (!known.has(hostId)) unpruned.add(hostId)
    known.set(hostId, seen)
    const domains = hosts.find(hostId)?.domains
    const changed: VmId[] = []
    for (const uuid of uuids) {
      const vmId = uuid as VmId
      const persistent = domains?.get(uuid)?.persistent === true
      if (persistent === seen.has(vmId)) continue
      if (persistent) seen.add(vmId)
      else seen.delete(vmId)
      changed.push(vmId)
    }
    if (changed.length > 0 || unpruned.has(hostId)) mark(hostId, changed)
  }

  const stopListening = hosts.onChange((change) => {
    const { hostId } = change
    if (change.kind === 'removed') forget(hostId)
    else if (change.kind === 'state' && hosts.find(hostId)?.isLive === false) forget(hostId)
    else if (change.kind === 'domains') noteDomains(hostId, change.uuids)
    else if (change.kind === 'event' && isRedefinition(change.event)) mark(hostId, [change.event.domain.uuid as VmId])
  })

  return async () => {
    stopped = true
    stopListening()
    cancelTimer()
    await running
  }
}

function isRedefinition(event: DomainEvent): boolean {
  return event.kind === 'domain-metadata-change' || (event.kind === 'domain-lifecycle' && event.event === 'defined')
}

function unlessRefused(error: unknown): null {
  if (isAppError(error, 'libvirt.call-failed')) return null
  throw error
}

/** What the inventory remembers, as records of domains that nobody can ask about. Unreadable ones are left out. */
export function recordsFromDefinitions(stored: readonly VmDefinitionRecord[]): DomainRecord[] {
  return stored.flatMap(({ xml, vmId, name, readAt }) => {
    try {
      const definition = parseDomain(xml)
      const record: DomainRecord = {
        uuid: vmId,
        name,
        state: 'unknown',
        reason: 'unknown',
        persistent: true,
        autostart: false,
        hasManagedSave: false,
        definition,
        definitionError: null,
        readAt,
      }
      return [record]
    } catch (error) {
      if (error instanceof XmlError) return []
      throw error
    }
  })
}

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
  const known = new Map<HostId, Set<VmId>>()
  let running: Promise<void> | null = null
  let cancelTimer: () => void = () => undefined
  let stopped = false

  function mark(hostId: HostId, vmId: VmId): void {
    const set = dirty.get(hostId) ?? new Set()
    dirty.set(hostId, set.add(vmId))
    if (running !== null || stopped) return
    cancelTimer()
    cancelTimer = clock.after(SETTLE_MS, () => {
      running = flush().finally(() => {
        running = null
      })
    })
  }

  async function flush(): Promise<void> {
    while (dirty.size > 0 && !stopped) {
      const [next] = dirty
      if (next === undefined) return
      const [hostId, vmIds] = next
      dirty.delete(hostId)
      try {
        await keep(hostId, [...vmIds])
      } catch (error) {
        // The host or the inventory is away; the host's next list marks everything again.
        known.delete(hostId)
        log.warn({ err: error, hostId }, 'definitions could not be kept')
      }
    }
  }

  async function keep(hostId: HostId, vmIds: readonly VmId[]): Promise<void> {
    const link = hosts.find(hostId)
    if (link === null || !link.isLive) return
    const gone = vmIds.filter((vmId) => link.domains.get(vmId)?.persistent !== true)
    if (gone.length > 0) await definitions.remove(hostId, gone)
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

  const stopListening = hosts.onChange((change) => {
    const { hostId } = change
    if (change.kind === 'removed') {
      dirty.delete(hostId)
      known.delete(hostId)
    } else if (change.kind === 'domains') {
      const seen = known.get(hostId) ?? new Set()
      known.set(hostId, seen)
      const domains = hosts.find(hostId)?.domains
      for (const uuid of change.uuids) {
        const vmId = uuid as VmId
        const persistent = domains?.get(uuid)?.persistent === true
        if (persistent === seen.has(vmId)) continue
        if (persistent) seen.add(vmId)
        else seen.delete(vmId)
        mark(hostId, vmId)
      }
    } else if (change.kind === 'event' && isRedefinition(change.event)) {
      mark(hostId, change.event.domain.uuid as VmId)
    }
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

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HostId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Log } from '../engine/index.ts'
import { type DomainRecord, emptyDefinition, type HostRegistry } from '../hosts/index.ts'
import type { VmDefinitionName, VmDefinitionRecord, VmDefinitionsRepository } from '../inventory/index.ts'
import { parseDomain, XmlError } from '../xml/index.ts'
import type { VmProjection } from './vm-projection.ts'

/** Definitions are parsed for so long, milliseconds, before everything else has its turn. */
const SLICE_MS = 8

export interface RememberedDomainsOptions {
  readonly hosts: Pick<HostRegistry, 'list'>
  readonly projection: Pick<VmProjection, 'remember' | 'refineRemembered'>
  readonly definitions: Pick<VmDefinitionsRepository, 'fetchNamesForHost' | 'fetchForHost'>
  readonly log: Log
  /** For tests. */
  readonly parse?: typeof parseDomain
}

/** What the inventory knows of machines whose hosts have not been reached yet. */
export interface RememberedDomains {
  /** Shows all of them by their names. Their definitions follow by themselves: nothing waits for them to be read. */
  remember(): Promise<void>
  /** Stops reading definitions. */
  stop(): Promise<void>
}

/** Creates it; see {@link RememberedDomains}. */
export function createRememberedDomains(options: RememberedDomainsOptions): RememberedDomains {
  const { hosts, projection, definitions, log, parse = parseDomain } = options
  let isStopped = false
  let reading: Promise<void> = Promise.resolve()

  async function readDefinitions(hostIds: readonly HostId[]): Promise<void> {
    // Whoever waited for the names goes on first.
    await nextTurn()
    for (const hostId of hostIds) {
      const stored = await definitions.fetchForHost(hostId)
      const records: DomainRecord[] = []
      let sliceBegan = performance.now()
      for (const each of stored) {
        if (isStopped) return
        records.push(recordOfStored(each, parse))
        if (performance.now() - sliceBegan < SLICE_MS) continue
        await nextTurn()
        sliceBegan = performance.now()
      }
      projection.refineRemembered(hostId, records)
    }
  }

  return {
    async remember() {
      const hostIds = hosts.list().map(({ id }) => id)
      for (const hostId of hostIds) {
        projection.remember(hostId, (await definitions.fetchNamesForHost(hostId)).map(recordOfName))
      }
      reading = readDefinitions(hostIds).catch((error: unknown) => {
        if (!isStopped) log.error({ err: error }, 'remembered definitions could not be read')
      })
    },
    async stop() {
      isStopped = true
      await reading
    },
  }
}

/** A record of a domain that nobody can ask about, by its name alone. Pure. */
function recordOfName({ vmId, name, readAt }: VmDefinitionName): DomainRecord {
  return {
    uuid: vmId,
    name,
    state: 'unknown',
    reason: 'unknown',
    persistent: true,
    autostart: false,
    hasManagedSave: false,
    hasSnapshots: false,
    definition: emptyDefinition(name, vmId),
    pending: null,
    definitionError: null,
    readAt,
  }
}

function recordOfStored(stored: VmDefinitionRecord, parse: typeof parseDomain): DomainRecord {
  const record = recordOfName(stored)
  try {
    return { ...record, definition: parse(stored.xml) }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const detail = error.message
    const unreadable = new AppError('vm.definition-unreadable', { name: stored.name, detail }, { cause: error })
    return { ...record, definitionError: unreadable }
  }
}

import type { Kysely } from 'kysely'
import { z } from 'zod'
import { type HostId, type PendingChange, pendingChangeSchema, type VmId } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction, parseJson } from './rows.ts'

/** A VM's definition as its host told it last, so that it can be restarted elsewhere when the host is gone. */
export interface VmDefinitionRecord {
  readonly hostId: HostId
  readonly vmId: VmId
  readonly name: string
  /** libvirt's XML. */
  readonly xml: string
  /** Milliseconds since the epoch. */
  readonly readAt: number
}

/** What is known of a VM without its XML. */
export type VmDefinitionName = Pick<VmDefinitionRecord, 'vmId' | 'name' | 'readAt'>

/** That a host's definition is another one than was known. */
export interface DefinitionDrift {
  /** The version that was known; null: it was too long to be kept. */
  readonly knownXml: string | null
  readonly knownAt: number
  readonly noticedAt: number
  readonly changes: readonly PendingChange[]
}

/** A definition with what was known of it. */
export interface StoredDefinition extends VmDefinitionRecord {
  /** Null: the host has what was known. */
  readonly drift: DefinitionDrift | null
}

/** One definition of one host, and how it stands to what was known. */
export interface DefinitionState {
  readonly hostId: HostId
  readonly vmId: VmId
  readonly name: string
  /** Counted up with each save. */
  readonly revision: number
  readonly drift: Omit<DefinitionDrift, 'knownXml'> | null
}

export interface DefinitionRef {
  readonly hostId: HostId
  readonly vmId: VmId
}

export interface VmDefinitionsRepository {
  fetchNamesForHost(hostId: HostId): Promise<readonly VmDefinitionName[]>
  fetchForHost(hostId: HostId): Promise<readonly VmDefinitionRecord[]>
  /** Every host's definition of a VM, last saved first: the order in which they came, whatever the clock showed. */
  fetchForVm(vmId: VmId): Promise<readonly VmDefinitionRecord[]>
  /** Adds or replaces, all in one transaction. The host must be in the inventory. */
  saveAll(definitions: readonly VmDefinitionRecord[]): Promise<void>
  /**
   * Adds or replaces what was read from a host, all in one transaction. `decide` is pure and says how each stands to what is
   * stored of it (null: nothing is).
   */
  merge(
    read: readonly VmDefinitionRecord[],
    decide: (stored: StoredDefinition | null, read: VmDefinitionRecord) => DefinitionDrift | null,
  ): Promise<readonly DefinitionState[]>
  /** All definitions that are other than was known. */
  fetchDrifted(): Promise<readonly DefinitionState[]>
  /** Null: there is none. */
  fetchOne(definition: DefinitionRef): Promise<StoredDefinition | null>
  /** Takes these as known, each only if it is still of that revision; in one transaction. Returns those that were. */
  accept<Each extends DefinitionRef & { readonly revision: number }>(
    definitions: readonly Each[],
  ): Promise<readonly Each[]>
  remove(hostId: HostId, vmIds: readonly VmId[]): Promise<void>
}

const changesSchema = z.array(pendingChangeSchema)
const NO_DRIFT = { noticed_at: null, known_at: null, changes_json: null, known_xml: null }

export function createVmDefinitionsRepository(database: Kysely<Tables>): VmDefinitionsRepository {
  return {
    fetchNamesForHost: async (hostId) => {
      const query = database.selectFrom('vm_definitions').select(['vm_id', 'name', 'read_at'])
      const rows = await query.where('host_id', '=', hostId).execute()
      return rows.map((row) => ({ vmId: row.vm_id as VmId, name: row.name, readAt: row.read_at }))
    },
    fetchForHost: async (hostId) => {
      const rows = await database.selectFrom('vm_definitions').selectAll().where('host_id', '=', hostId).execute()
      return rows.map(fromRow)
    },
    fetchForVm: async (vmId) => {
      const query = database.selectFrom('vm_definitions').selectAll().where('vm_id', '=', vmId)
      return (await query.orderBy('saved_order', 'desc').execute()).map(fromRow)
    },
    saveAll: async (definitions) => {
      if (definitions.length === 0) return
      await inTransaction(database, async (transaction) => {
        let order = await fetchLastOrder(transaction)
        for (const { hostId, vmId, name, xml, readAt } of definitions) {
          order += 1
          const changes = { name, xml, read_at: readAt, saved_order: order, ...NO_DRIFT }
          await transaction
            .insertInto('vm_definitions')
            .values({ host_id: hostId, vm_id: vmId, ...changes })
            .onConflict((conflict) => conflict.columns(['host_id', 'vm_id']).doUpdateSet(changes))
            .execute()
        }
      })
    },
    merge: (read, decide) =>
      inTransaction(database, async (transaction) => {
        let order = await fetchLastOrder(transaction)
        const states: DefinitionState[] = []
        for (const each of read) {
          const { hostId, vmId, name, xml, readAt } = each
          const drift = decide(await fetchStored(transaction, each), each)
          order += 1
          const changes = { name, xml, read_at: readAt, saved_order: order, ...toDriftColumns(drift) }
          await transaction
            .insertInto('vm_definitions')
            .values({ host_id: hostId, vm_id: vmId, ...changes })
            .onConflict((conflict) => conflict.columns(['host_id', 'vm_id']).doUpdateSet(changes))
            .execute()
          states.push({ hostId, vmId, name, revision: order, drift })
        }
        return states
      }),
    fetchDrifted: async () => {
      const columns = ['host_id', 'vm_id', 'name', 'saved_order', 'noticed_at', 'known_at', 'changes_json'] as const
      const query = database.selectFrom('vm_definitions').select(columns).where('noticed_at', 'is not', null)
      return (await query.execute()).map((row) => ({
        hostId: row.host_id as HostId,
        vmId: row.vm_id as VmId,
        name: row.name,
        revision: row.saved_order,
        drift: toDrift(row),
      }))
    },
    fetchOne: (definition) => fetchStored(database, definition),
    accept: (definitions) =>
      inTransaction(database, async (transaction) => {
        const accepted: (typeof definitions)[number][] = []
        for (const each of definitions) {
          const { numUpdatedRows } = await transaction
            .updateTable('vm_definitions')
            .set(NO_DRIFT)
            .where('host_id', '=', each.hostId)
            .where('vm_id', '=', each.vmId)
            .where('saved_order', '=', each.revision)
            .executeTakeFirst()
          if (numUpdatedRows > 0n) accepted.push(each)
        }
        return accepted
      }),
    remove: async (hostId, vmIds) => {
      await inTransaction(database, async (transaction) => {
        for (const vmId of vmIds) {
          await transaction
            .deleteFrom('vm_definitions')
            .where('host_id', '=', hostId)
            .where('vm_id', '=', vmId)
            .execute()
        }
      })
    },
  }
}

async function fetchLastOrder(database: Kysely<Tables>): Promise<number> {
  const query = database.selectFrom('vm_definitions').select((select) => select.fn.max('saved_order').as('last'))
  return (await query.executeTakeFirst())?.last ?? 0
}

async function fetchStored(
  database: Kysely<Tables>,
  { hostId, vmId }: DefinitionRef,
): Promise<StoredDefinition | null> {
  const query = database.selectFrom('vm_definitions').selectAll().where('host_id', '=', hostId)
  const row = await query.where('vm_id', '=', vmId).executeTakeFirst()
  if (row === undefined) return null
  const drift = toDrift(row)
  return { ...fromRow(row), drift: drift === null ? null : { ...drift, knownXml: row.known_xml } }
}

function toDrift({
  noticed_at: noticedAt,
  known_at: knownAt,
  changes_json: changes,
}: Pick<Tables['vm_definitions'], 'noticed_at' | 'known_at' | 'changes_json'>): DefinitionState['drift'] {
  if (noticedAt === null) return null
  const parsed = changesSchema.safeParse(parseJson(changes ?? ''))
  return { noticedAt, knownAt: knownAt ?? noticedAt, changes: parsed.success ? parsed.data : [] }
}

function toDriftColumns(drift: DefinitionDrift | null) {
  if (drift === null) return NO_DRIFT
  const { noticedAt, knownAt, changes, knownXml } = drift
  return { noticed_at: noticedAt, known_at: knownAt, changes_json: JSON.stringify(changes), known_xml: knownXml }
}

function fromRow(row: Tables['vm_definitions']): VmDefinitionRecord {
  return {
    hostId: row.host_id as HostId,
    vmId: row.vm_id as VmId,
    name: row.name,
    xml: row.xml,
    readAt: row.read_at,
  }
}

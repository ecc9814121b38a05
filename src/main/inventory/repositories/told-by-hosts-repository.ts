import type { Kysely } from 'kysely'
import type { z } from 'zod'
import type { HostId } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

/** What of a host is kept: what it is, how it runs, what is in it, and the CPU that its guests get. */
export type ToldKind = Tables['told_by_hosts']['kind']

export interface Told<Value> {
  readonly value: Value
  /** Milliseconds since the epoch. */
  readonly toldAt: number
}

/** Characters of one value. What a host tells is not to be trusted: a longer one is not kept. */
const VALUE_LIMIT = 1024 * 1024

export interface ToldByHostsRepository {
  /** What does not fit the schema any more is left out: it is told again. */
  fetchAll<Schema extends z.ZodType>(
    kind: ToldKind,
    schema: Schema,
  ): Promise<ReadonlyMap<HostId, Told<z.output<Schema>>>>
  fetch<Schema extends z.ZodType>(
    hostId: HostId,
    kind: ToldKind,
    schema: Schema,
  ): Promise<Told<z.output<Schema>> | null>
  /** Adds or replaces. Of a host that is not in the inventory (any more), and of too long a value, nothing is kept. */
  save(hostId: HostId, kind: ToldKind, told: Told<unknown>): Promise<void>
}

export function createToldByHostsRepository(database: Kysely<Tables>): ToldByHostsRepository {
  return {
    fetchAll: async (kind, schema) => {
      const rows = await database.selectFrom('told_by_hosts').selectAll().where('kind', '=', kind).execute()
      return new Map(
        rows.flatMap((row) => {
          const told = read(row, schema)
          return told === null ? [] : [[row.host_id as HostId, told] as const]
        }),
      )
    },
    fetch: async (hostId, kind, schema) => {
      const query = database.selectFrom('told_by_hosts').selectAll().where('host_id', '=', hostId)
      const row = await query.where('kind', '=', kind).executeTakeFirst()
      return row === undefined ? null : read(row, schema)
    },
    save: async (hostId, kind, { value, toldAt }) => {
      const json = JSON.stringify(value)
      if (json.length > VALUE_LIMIT) return
      const changes = { told_json: json, told_at: toldAt }
      await database
        .insertInto('told_by_hosts')
        .columns(['host_id', 'kind', 'told_json', 'told_at'])
        .expression((build) =>
          build
            .selectFrom('hosts')
            .select((select) => [
              'hosts.id',
              select.val(kind).as('kind'),
              select.val(json).as('told_json'),
              select.val(toldAt).as('told_at'),
            ])
            .where('hosts.id', '=', hostId),
        )
        .onConflict((conflict) => conflict.columns(['host_id', 'kind']).doUpdateSet(changes))
        .execute()
    },
  }
}

function read<Schema extends z.ZodType>(
  row: Pick<Tables['told_by_hosts'], 'told_json' | 'told_at'>,
  schema: Schema,
): Told<z.output<Schema>> | null {
  const parsed = schema.safeParse(parseJson(row.told_json))
  return parsed.success ? { value: parsed.data, toldAt: row.told_at } : null
}

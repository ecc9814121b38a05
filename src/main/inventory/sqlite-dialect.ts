import { dirname } from 'node:path'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { type DialectAdapter, SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import { diskFull, isDiskFullAt } from './disk-space.ts'
import { isQueryOnly } from './open-database.ts'
import { isReadOnly, toInventoryError } from './sqlite-errors.ts'

/** Prepared statements kept; the inventory has far fewer queries. */
const STATEMENTS_KEPT = 256

/**
 * kysely's SQLite dialect over node:sqlite. Failures of disk or file come out as `inventory.write-failed`, a full disk as
 * `inventory.disk-full`; `onFull` is told of that.
 */
export function createSqliteDialect(
  database: DatabaseSync,
  path: string,
  onFull: () => void = () => undefined,
): SqliteDialect {
  return new TransactionalSqliteDialect({ database: adaptDatabase(database, path, onFull) })
}

/** SQLite's DDL is transactional: a migration that fails, or a crash in the middle of one, leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter()
  }
}

const nothingToDo: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
}

function adaptDatabase(database: DatabaseSync, path: string, onFull: () => void): SqliteDatabase {
  const statements = new Map<string, StatementSync>()

  function guarded<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      const isFull = (isReadOnly(error) && isQueryOnly(database)) || isDiskFullAt(dirname(path), error)
      if (!isFull) throw toInventoryError(error, path)
      onFull()
      throw diskFull(path, error)
    }
  }

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = guarded(() => database.prepare(sql))
    if (statements.size >= STATEMENTS_KEPT) statements.clear()
    statements.set(sql, statement)
    return statement
  }

  return {
    close: () => {
      statements.clear()
      database.close()
    },
    prepare: (sql) => {
      // SQLite itself rolls back when the disk is full or fails; kysely would take "no transaction" for the error.
      if (sql === 'rollback' && !database.isTransaction) return nothingToDo
      const statement = prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => guarded(() => statement.all(...(parameters as SQLInputValue[]))),
        run: (parameters) => guarded(() => statement.run(...(parameters as SQLInputValue[]))),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      }
    },
  }
}

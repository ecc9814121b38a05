import type { HeldLocks, LockTable } from '../../../../../src/main/engine/lock-table.ts'

/** Who has held locks, and how often each has let them go. */
export interface LockLedger {
  readonly holdings: { readonly holder: string; releases: number }[]
}

/** A table that writes down every taking and every release. */
export function recordLocks(table: LockTable, { holdings }: LockLedger): LockTable {
  const record = (held: HeldLocks, holder: string): HeldLocks => {
    const holding = { holder, releases: 0 }
    holdings.push(holding)
    return {
      ...held,
      release: () => {
        holding.releases += 1
        held.release()
      },
    }
  }
  return {
    ...table,
    acquire: async (request) => record(await table.acquire(request), request.holder),
    retake: (claims, holder) => record(table.retake(claims, holder), holder),
  }
}

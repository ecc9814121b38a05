import type { HostDefinition } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { EditRecord } from '../inventory/index.ts'

const EDITED_FIELDS = ['name', 'address', 'port', 'user', 'authentication', 'privateKeyPath'] as const

/** Which fields an edit changes; secrets by their kind. Pure. */
export function decideChangedFields(
  before: HostDefinition,
  after: HostDefinition,
  given: { readonly password?: string | undefined; readonly passphrase?: string | undefined },
): readonly string[] {
  const secrets = (['password', 'passphrase'] as const).filter((kind) => given[kind] !== undefined)
  return [...EDITED_FIELDS.filter((field) => before[field] !== after[field]), ...secrets]
}

/** Why an edit that was begun on an older state is not made: who changed what meanwhile. Null: nothing changed. Pure. */
export function decideEditConflict(
  name: string,
  { base, current }: { readonly base: number | undefined; readonly current: number },
  since: readonly EditRecord[],
): AppError | null {
  if (base === undefined || base === current) return null
  const list = (values: Iterable<string>) => [...new Set(values)].join(', ')
  return new AppError(
    'host.changed-meanwhile',
    { name, fields: list(since.flatMap(({ fields }) => fields)), users: list(since.map(({ user }) => user)) },
    { subject: name },
  )
}

import { AppError } from '../../shared/errors/index.ts'

/** One for each kind of thing that people edit. */
type ConflictCode =
  | 'datacenter.changed-meanwhile'
  | 'cluster.changed-meanwhile'
  | 'host.changed-meanwhile'
  | 'storage.changed-meanwhile'
  | 'disk.changed-meanwhile'
  | 'network.changed-meanwhile'
  | 'vnic-profile.changed-meanwhile'
  | 'template.changed-meanwhile'

/** An edit that was made: which fields changed, and by whom. */
export interface MadeEdit {
  readonly fields: readonly string[]
  readonly user: string
}

/** Why an edit that was begun on an older state is not made: who changed what meanwhile. Null: nothing changed. Pure. */
export function decideEditConflict(
  code: ConflictCode,
  name: string,
  { base, current }: { readonly base: number | undefined; readonly current: number },
  since: readonly MadeEdit[],
): AppError | null {
  if (base === undefined || base === current) return null
  const list = (values: Iterable<string>) => [...new Set(values)].join(', ')
  return new AppError(
    code,
    { name, fields: list(since.flatMap(({ fields }) => fields)), users: list(since.map(({ user }) => user)) },
    { subject: name },
  )
}

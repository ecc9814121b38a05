import type { HostDefinition } from '../../shared/domain/index.ts'

const EDITED_FIELDS = [
  'name',
  'address',
  'port',
  'user',
  'authentication',
  'privateKeyPath',
  'jumpHost',
  'storageManagerPriority',
] as const

/** Which fields an edit changes; secrets by their kind. Pure. */
export function decideChangedFields(
  before: HostDefinition,
  after: HostDefinition,
  given: { readonly password?: string | undefined; readonly passphrase?: string | undefined },
): readonly string[] {
  const secrets = (['password', 'passphrase'] as const).filter((kind) => given[kind] !== undefined)
  return [...EDITED_FIELDS.filter((field) => before[field] !== after[field]), ...secrets]
}

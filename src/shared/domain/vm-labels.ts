import { z } from 'zod'

/** What people sort their machines by. It lies in the machine's definition, so that a migration and another Virtdeck keep it. */
export interface VmLabels {
  /** In the order of their letters; no two that differ by case alone. */
  readonly tags: readonly string[]
  /** "Customers/Acme"; null: none. */
  readonly folder: string | null
}

export const TAGS_LIMIT = 32
const FOLDER_DEPTH = 8
/** Can stand in a query without quotes, in a list with commas, and in one line. */
const TAG = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._:+@/-]*$/u

/** A word without spaces, quotes and commas: "prod", "team:web", "고객사". */
export const vmTagSchema = z
  .string()
  .trim()
  .overwrite((text) => text.normalize('NFC'))
  .min(1)
  .max(64)
  .regex(TAG)

/** Names joined by "/"; spaces around them and empty ones do not count. */
export const vmFolderSchema = z
  .string()
  .overwrite((text) => text.normalize('NFC'))
  .max(255)
  .regex(/^\P{Cc}*$/u)
  .transform((path) =>
    path
      .split('/')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join('/'),
  )
  .refine((path) => path !== '' && path.split('/').length <= FOLDER_DEPTH)

/** What is to become of a machine's labels. */
export interface LabelsChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
  /** Null: in none any more; left out: as it is. */
  readonly folder?: string | null | undefined
}

const keyOf = (tag: string) => tag.toLowerCase()

/**
 * Labels as a change makes them. A tag that is there in another case stays as it is; one that is both added and removed is added. There
 * may be more than {@link TAGS_LIMIT}: who asks decides. Pure.
 */
export function changeLabels({ tags, folder }: VmLabels, change: LabelsChange): VmLabels {
  const removed = new Set(change.remove.map(keyOf))
  const kept = new Map(tags.filter((tag) => !removed.has(keyOf(tag))).map((tag) => [keyOf(tag), tag]))
  for (const tag of change.add) if (!kept.has(keyOf(tag))) kept.set(keyOf(tag), tag)
  return { tags: sortTags([...kept.values()]), folder: change.folder === undefined ? folder : change.folder }
}

/** By their characters, the same on every machine. Pure. */
export function sortTags(tags: readonly string[]): string[] {
  return [...tags].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}

/** Whether two say the same. Pure. */
export function areSameLabels(one: VmLabels, other: VmLabels): boolean {
  return one.folder === other.folder && one.tags.join('\n') === other.tags.join('\n')
}

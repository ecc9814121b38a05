import type { WireError } from '../errors/index.ts'

/*
 * The answer to "may this be done to each of these?" for any number of things: how many it may be done to, and the others
 * in groups by why not.
 */

/** Things that a command may not be done to, all for the same reason. */
export interface RefusedGroup {
  /** Why, said of the first of them. */
  readonly error: WireError
  readonly count: number
  /** The first of them, at most {@link REFUSED_IDS_SHOWN}. */
  readonly ids: readonly string[]
}

export interface GroupVerdict {
  readonly allowed: number
  /** Which, in the order they were asked about; null when only the number was asked for. */
  readonly allowedIds: readonly string[] | null
  /** The largest groups first, at most {@link GROUPS_SHOWN}: who is missing in all of these has other reasons. */
  readonly refused: readonly RefusedGroup[]
}

/** The parts of inputs that name what a command is about. */
export const EACH_FIELDS = [
  'datacenterId',
  'clusterId',
  'hostId',
  'storageDomainId',
  'vmId',
  'diskId',
  'networkId',
  'vnicProfileId',
  'templateId',
] as const
export type EachField = (typeof EACH_FIELDS)[number]

/** Commands that are asked about at once. */
export const EACH_CALLS_LIMIT = 32
/** Things in one frame; the client splits longer lists. */
export const EACH_IDS_LIMIT = 5_000
export const REFUSED_IDS_SHOWN = 5
/** More reasons than these nobody reads. */
const GROUPS_SHOWN = 16

/** Parameters of an error that say which thing it is about, and not why. */
const NAMING_PARAMS: ReadonlySet<string> = new Set(['name', 'vmId', 'hostId', 'hostName', 'hosts', 'address', 'detail'])

/** Equal for errors that differ only in what they are about. Pure. */
export function refusalKey({ code, params }: Pick<WireError, 'code' | 'params'>): string {
  const reasons = Object.entries(params).filter(([name]) => !NAMING_PARAMS.has(name))
  return JSON.stringify([code, reasons])
}

/** Collects refusals into groups. `toWire` is called once a group, not once a refusal. */
export function createRefusedGroups<Refusal extends Pick<WireError, 'code'> & { readonly params: object }>(
  toWire: (refusal: Refusal) => WireError,
): {
  add(refusal: Refusal, ids: readonly string[], count?: number): void
  list(): readonly RefusedGroup[]
} {
  const groups = new Map<string, { readonly error: WireError; count: number; ids: readonly string[] }>()
  return {
    add(refusal, ids, count = ids.length) {
      const own = refusalKey(refusal as Pick<WireError, 'code' | 'params'>)
      const known = groups.get(own)
      if (known === undefined) {
        groups.set(own, { error: toWire(refusal), count, ids: ids.slice(0, REFUSED_IDS_SHOWN) })
        return
      }
      known.count += count
      if (known.ids.length < REFUSED_IDS_SHOWN) known.ids = [...known.ids, ...ids].slice(0, REFUSED_IDS_SHOWN)
    },
    list: () =>
      [...groups]
        .sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
        .slice(0, GROUPS_SHOWN)
        .map(([, group]) => group),
  }
}

/** One verdict over lists that were asked about in parts, in their order. Pure. */
export function mergeGroupVerdicts(parts: readonly GroupVerdict[]): GroupVerdict {
  const refused = createRefusedGroups((error: WireError) => error)
  for (const part of parts) for (const { error, ids, count } of part.refused) refused.add(error, ids, count)
  return {
    allowed: parts.reduce((sum, part) => sum + part.allowed, 0),
    allowedIds: parts.some(({ allowedIds }) => allowedIds === null)
      ? null
      : parts.flatMap(({ allowedIds }) => allowedIds ?? []),
    refused: refused.list(),
  }
}

/** The verdict when everything is refused for one reason. Pure. */
export function refuseEach(error: WireError, ids: readonly string[], list: boolean): GroupVerdict {
  const refused = createRefusedGroups(() => error)
  if (ids.length > 0) refused.add(error, ids)
  return { allowed: 0, allowedIds: list ? [] : null, refused: refused.list() }
}

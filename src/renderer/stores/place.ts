import { isId } from '../../shared/domain/index.ts'
import { type EntityId, type EntityName, isEntityName } from './entity-topics.ts'

/** What a list is sorted by. */
export interface Sorting {
  readonly column: string
  readonly descending: boolean
}

/** How the list of a place is shown; left out: as the list itself prefers. */
export interface ListView {
  readonly filter?: string | undefined
  readonly sort?: Sorting | undefined
}

/** What the page shows: everything, or one entity. It stands in the address, so that back and forward bring it back. */
export type Place = ListView &
  (
    | { readonly kind: 'all'; readonly tab: string }
    | { [N in EntityName]: { readonly kind: N; readonly id: EntityId<N>; readonly tab: string } }[EntityName]
  )

/** The place that an address's hash names; anything else is `all`. Pure. */
export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?')
  const [kind = '', second = '', third = ''] = path.split('/')
  const view = parseView(query)
  if (isEntityName(kind) && isId(second)) return { kind, id: second as never, tab: third || 'summary', ...view }
  return { kind: 'all', tab: kind === 'all' && second !== '' ? second : 'overview', ...view }
}

/** The hash that names a place. Pure; the inverse of {@link parsePlace}. */
export function formatPlace(place: Place): string {
  const path = place.kind === 'all' ? `#/all/${place.tab}` : `#/${place.kind}/${place.id}/${place.tab}`
  const query = new URLSearchParams()
  if (place.filter !== undefined && place.filter !== '') query.set('q', place.filter)
  if (place.sort !== undefined) query.set('sort', `${place.sort.descending ? '-' : ''}${place.sort.column}`)
  return query.size === 0 ? path : `${path}?${query}`
}

/** Addresses can be typed, so it takes any text. */
function parseView(query: string): ListView {
  const params = new URLSearchParams(query)
  const filter = params.get('q') ?? ''
  const sort = params.get('sort') ?? ''
  const descending = sort.startsWith('-')
  const column = descending ? sort.slice(1) : sort
  return {
    ...(filter === '' ? {} : { filter }),
    ...(column === '' ? {} : { sort: { column, descending } }),
  }
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

import type { EntityName, EntityOf } from '../../stores/index.ts'
import type { EntityKind, NameOf } from '../entity-kind.ts'
import type { Expression } from './query.ts'

/** Whether an entity is one that was asked for. */
export type Matcher<N extends EntityName> = (entity: EntityOf<N>) => boolean

/** What an expression asks of the entities of a kind. Null asks for nothing: all fit. */
export function createMatcher<N extends EntityName>(
  kind: EntityKind<N>,
  expression: Expression | null,
  nameOf: NameOf,
): Matcher<N> {
  if (expression === null) return () => true
  switch (expression.type) {
    case 'all':
    case 'any': {
      const parts = expression.parts.map((part) => createMatcher(kind, part, nameOf))
      return expression.type === 'all'
        ? (entity) => parts.every((fits) => fits(entity))
        : (entity) => parts.some((fits) => fits(entity))
    }
    case 'not': {
      const fits = createMatcher(kind, expression.part, nameOf)
      return (entity) => !fits(entity)
    }
    case 'text': {
      const wanted = expression.text.toLocaleLowerCase()
      return (entity) => findText(kind, entity, wanted, nameOf) !== null
    }
    case 'condition': {
      const { field, operator, values } = expression
      const fits = compare(operator, values)
      // A field is one of the kind that the query was read for.
      const read = field.read as unknown as (entity: EntityOf<N>, nameOf: NameOf) => readonly (string | number)[]
      return operator.startsWith('!')
        ? (entity) => !read(entity, nameOf).some(fits)
        : (entity) => read(entity, nameOf).some(fits)
    }
  }
}

/** The first searched text of an entity that contains a text in lower case; null: none does. Pure. */
export function findText<N extends EntityName>(
  kind: EntityKind<N>,
  entity: EntityOf<N>,
  wanted: string,
  nameOf: NameOf,
): { readonly field: string; readonly text: string } | null {
  for (const field of kind.fields) {
    if (!field.isSearched) continue
    for (const value of field.read(entity, nameOf)) {
      const text = String(value)
      if (text.toLocaleLowerCase().includes(wanted)) return { field: field.name, text }
    }
  }
  return null
}

/** A negated operator is asked the other way round by its caller. */
function compare(
  operator: Extract<Expression, { type: 'condition' }>['operator'],
  values: readonly (string | number)[],
): (own: string | number) => boolean {
  const [first] = values
  const number = Number(first)
  switch (operator) {
    case '>':
      return (own) => Number(own) > number
    case '<':
      return (own) => Number(own) < number
    case '>=':
      return (own) => Number(own) >= number
    case '<=':
      return (own) => Number(own) <= number
    case '~':
    case '!~': {
      const wanted = String(first).toLocaleLowerCase()
      return (own) => String(own).toLocaleLowerCase().includes(wanted)
    }
    default: {
      const patterns = values.map((value) => (typeof value === 'number' ? null : createPattern(value)))
      return (own) => patterns.some((fits, index) => (fits === null ? own === values[index] : fits(String(own))))
    }
  }
}

/** Equal whatever the case; `*` stands for any text. */
function createPattern(value: string): (text: string) => boolean {
  const wanted = value.toLocaleLowerCase()
  if (!wanted.includes('*')) return (text) => text.toLocaleLowerCase() === wanted
  const parts = wanted.split('*')
  return (text) => fitsParts(text.toLocaleLowerCase(), parts)
}

/** Without a regular expression: what is typed cannot make it slow. */
function fitsParts(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}

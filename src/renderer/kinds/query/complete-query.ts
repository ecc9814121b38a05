import type { SearchField } from '../entity-kind.ts'
import { type ChoiceWord, parseQuery } from './parse-query.ts'

/** What could stand where the caret is. */
export interface Completion {
  /** What is replaced by the chosen one: characters of the query. */
  readonly from: number
  readonly to: number
  readonly items: readonly CompletionItem[]
}

export interface CompletionItem {
  readonly text: string
  /** What kind of thing it is; a value has its word in the language of the page, where that is another one. */
  readonly kind: 'field' | 'value' | 'word'
  readonly word: string | null
}

const SHOWN_AT_MOST = 12
const NOTHING: readonly CompletionItem[] = []

/** The values of a field that entities have, each once: for fields that have no choices. */
export type KnownValues = (field: SearchField) => readonly string[]

/**
 * How what is typed before the caret can go on: a field's name, a value of the field that stands there, or "and" and "or" behind a term
 * that is whole. Null: nothing is known. Pure.
 */
export function completeQuery(
  query: string,
  caret: number,
  fields: readonly SearchField[],
  wordOf: ChoiceWord,
  valuesOf: KnownValues,
): Completion | null {
  const typed = query.slice(0, caret)
  const condition = /(?:^|[\s(])([\p{L}][\p{L}\p{N}]*)\s*(!=|!~|>=|<=|=|~|>|<)\s*("[^"]*|[^\s()"]*)$/u.exec(typed)
  if (condition !== null) {
    const [, name = '', , value = ''] = condition
    const field = findField(fields, name)
    return field === undefined ? null : completeValue(field, value, caret, wordOf, valuesOf)
  }
  // Inside of quotes a text is typed.
  if ((typed.match(/"/g)?.length ?? 0) % 2 === 1) return null
  const word = /[^\s()"]*$/u.exec(typed)?.[0] ?? ''
  const before = typed.slice(0, typed.length - word.length).trim()
  const isBehindTerm =
    before !== '' && !/(?:^|[\s(])(?:and|or|not)$|\($/iu.test(before) && isWhole(before, fields, wordOf)
  const wanted = word.toLowerCase()
  const words = isBehindTerm ? ['and', 'or'] : before === '' ? [] : ['not']
  const items = [
    ...words.filter((each) => each.startsWith(wanted)).map((text) => ({ text, kind: 'word', word: null }) as const),
    ...fields
      .filter(({ name, aliases = [] }) => [name, ...aliases].some((each) => each.startsWith(wanted)))
      .map(({ name }) => ({ text: name, kind: 'field', word: null }) as const),
  ]
  return offer(caret - word.length, caret, word, items)
}

function completeValue(
  field: SearchField,
  typed: string,
  caret: number,
  wordOf: ChoiceWord,
  valuesOf: KnownValues,
): Completion | null {
  if (field.type === 'number') return null
  // Of several choices, the last one is still typed.
  const part = field.type === 'choice' ? (typed.split(',').at(-1) ?? '') : typed
  const wanted = part.replace(/^"/, '').toLocaleLowerCase()
  const values = field.choices ?? valuesOf(field)
  const items = values.flatMap((value): CompletionItem[] => {
    const word = field.choices === undefined ? value : wordOf(field, value)
    const fits = [value, word].some((text) => text.toLocaleLowerCase().includes(wanted))
    return fits ? [{ text: quote(value), kind: 'value', word: word === value ? null : word }] : []
  })
  const starts = items.filter(({ text }) => text.replace(/^"/, '').toLocaleLowerCase().startsWith(wanted))
  const others = items.filter((item) => !starts.includes(item))
  return offer(caret - part.length, caret, part, [...starts, ...others])
}

/** Where one of them stands already nothing is offered: what is below the field is not to be covered by what is done. */
function offer(from: number, to: number, typed: string, items: readonly CompletionItem[]): Completion | null {
  const isDone = items.some(({ text }) => text.toLocaleLowerCase() === typed.toLocaleLowerCase())
  const useful = isDone ? NOTHING : items
  return useful.length === 0 ? null : { from, to, items: useful.slice(0, SHOWN_AT_MOST) }
}

/**
 * The query with a completion in the place of what was typed, and where the caret goes: behind it; a field waits for its operator, all
 * else is ended by a space. Pure.
 */
export function applyCompletion(
  query: string,
  { from, to }: Pick<Completion, 'from' | 'to'>,
  { text, kind }: CompletionItem,
): { readonly query: string; readonly caret: number } {
  const rest = query.slice(to)
  const end = kind === 'field' ? (/^\s*[!=~<>]/.test(rest) ? '' : '=') : rest.startsWith(' ') ? '' : ' '
  const before = `${query.slice(0, from)}${text}${end}`
  return { query: `${before}${rest}`, caret: before.length }
}

function quote(value: string): string {
  return /[\s()",]/u.test(value) ? `"${value.replaceAll('"', '')}"` : value
}

function findField(fields: readonly SearchField[], name: string): SearchField | undefined {
  const wanted = name.toLocaleLowerCase()
  return fields.find((field) => field.name === wanted || field.aliases?.includes(wanted) === true)
}

function isWhole(text: string, fields: readonly SearchField[], wordOf: ChoiceWord): boolean {
  const { problem, expression } = parseQuery(text, fields, wordOf)
  return problem === null && expression !== null
}

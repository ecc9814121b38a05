import type { SearchField } from '../entity-kind.ts'
import type { Expression, Operator, ParsedQuery, QueryPart, QueryProblem } from './query.ts'

/** Words for the values of choices, in the language of the page. */
export type ChoiceWord = (field: SearchField, choice: string) => string

type Token = { readonly at: QueryPart } & (
  | { readonly type: '(' | ')' | 'and' | 'or' | 'not'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'condition'; readonly name: string; readonly operator: Operator; readonly value: string | null }
)

/** Thrown inside of this file only: parsing ends at the first problem. */
class Problem extends Error {
  readonly problem: QueryProblem
  readonly isUnfinished: boolean
  readonly at: QueryPart | null

  constructor(problem: QueryProblem, isUnfinished: boolean, at: QueryPart | null) {
    super(problem.kind)
    this.problem = problem
    this.isUnfinished = isUnfinished
    this.at = at
  }
}

/**
 * Reads a query: texts and conditions (`status=up`, `memory>=8`, `name=web*`), joined by "and" (or nothing), "or", "not" and
 * parentheses. Quotes hold a text together. At the first thing that is wrong it stops, and says what. Pure.
 */
export function parseQuery(text: string, fields: readonly SearchField[], wordOf: ChoiceWord): ParsedQuery {
  const reader = new Reader(fields, wordOf)
  try {
    const tokens = tokenize(text)
    const expression = tokens.length === 0 ? null : reader.readAll(tokens)
    return { expression, problem: null, at: null, isUnfinished: false }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const understood = error.isUnfinished ? joinParts('all', reader.understood) : null
    return { expression: understood, problem: error.problem, at: error.at, isUnfinished: error.isUnfinished }
  }
}

const PART =
  /\s*(?:([()])|([\p{L}][\p{L}\p{N}]*)\s*(!=|!~|>=|<=|=|~|>|<)\s*(?:"([^"]*)("?)|([^\s()"]+))?|"([^"]*)("?)|([^\s()"]+))/gu

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(PART)) {
    const [whole, bracket, name, operator, quotedValue, valueEnd, value, quoted, quotedEnd, word] = match
    const to = match.index + whole.length
    const at = { from: to - whole.trimStart().length, to }
    if (valueEnd === '' || quotedEnd === '') throw new Problem({ kind: 'unclosed', mark: '"' }, false, at)
    if (bracket !== undefined) tokens.push({ type: bracket as '(' | ')', text: bracket, at })
    else if (name !== undefined && operator !== undefined) {
      const given = quotedValue ?? value ?? null
      tokens.push({ type: 'condition', name, operator: operator as Operator, value: given, at })
    } else if (quoted !== undefined) tokens.push({ type: 'text', text: quoted, at })
    else if (word !== undefined) tokens.push({ ...wordToken(word), at })
  }
  return tokens
}

function wordToken(word: string): { readonly type: 'and' | 'or' | 'not' | 'text'; readonly text: string } {
  const lower = word.toLowerCase()
  return lower === 'and' || lower === 'or' || lower === 'not'
    ? { type: lower, text: word }
    : { type: 'text', text: word }
}

/** By recursive descent: "or" binds weakest, then "and", then "not". */
class Reader {
  /** What of the outermost "and" was read to its end. */
  readonly understood: Expression[] = []
  readonly #fields: readonly SearchField[]
  readonly #wordOf: ChoiceWord
  #tokens: readonly Token[] = []
  #at = 0
  #depth = 0

  constructor(fields: readonly SearchField[], wordOf: ChoiceWord) {
    this.#fields = fields
    this.#wordOf = wordOf
  }

  readAll(tokens: readonly Token[]): Expression {
    this.#tokens = tokens
    const expression = this.#readAny()
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw new Problem({ kind: 'unexpected', mark: textOf(rest) }, false, rest.at)
    return expression
  }

  #readAny(): Expression {
    const parts = [this.#readAllOf()]
    while (this.#take('or')) {
      if (this.#depth === 0) this.understood.length = 0
      parts.push(this.#readAllOf())
    }
    return joinParts('any', parts) ?? { type: 'text', text: '' }
  }

  #readAllOf(): Expression {
    const parts: Expression[] = []
    do {
      const part = this.#readTerm()
      parts.push(part)
      if (this.#depth === 0) this.understood.push(part)
    } while (this.#take('and') || this.#startsTerm())
    return joinParts('all', parts) ?? { type: 'text', text: '' }
  }

  #readTerm(): Expression {
    const token = this.#tokens[this.#at]
    const before = this.#tokens[this.#at - 1]
    if (token === undefined) {
      const after = before === undefined ? '' : textOf(before)
      throw new Problem({ kind: 'term-missing', after }, this.#depth === 0, null)
    }
    this.#at += 1
    if (token.type === 'not') return { type: 'not', part: this.#readTerm() }
    if (token.type === 'text') return { type: 'text', text: token.text }
    if (token.type === 'condition') return this.#readCondition(token)
    if (token.type === '(') return this.#readGroup(token.at)
    throw new Problem({ kind: 'unexpected', mark: textOf(token) }, false, token.at)
  }

  #readGroup(at: QueryPart): Expression {
    this.#depth += 1
    const inner = this.#readAny()
    this.#depth -= 1
    if (!this.#take(')')) throw new Problem({ kind: 'unclosed', mark: '(' }, this.#at >= this.#tokens.length, at)
    return inner
  }

  #readCondition({ name, operator, value, at }: Extract<Token, { type: 'condition' }>): Expression {
    const wanted = name.toLocaleLowerCase()
    const field = this.#fields.find((known) => known.name === wanted || known.aliases?.includes(wanted) === true)
    if (field === undefined) {
      const names = this.#fields.flatMap((known) => [known.name, ...(known.aliases ?? [])])
      throw new Problem({ kind: 'unknown-field', name, suggestion: findSimilar(wanted, names) }, false, at)
    }
    if (operator.includes('~') ? field.type === 'number' : /[<>]/.test(operator) && field.type !== 'number') {
      throw new Problem({ kind: 'operator', field: field.name, operator }, false, at)
    }
    if (value === null) {
      const choices = field.choices ?? []
      throw new Problem({ kind: 'value-missing', field: field.name, choices }, this.#at >= this.#tokens.length, at)
    }
    return { type: 'condition', field, operator, values: this.#readValues(field, value, at) }
  }

  #readValues(field: SearchField, value: string, at: QueryPart): readonly (string | number)[] {
    if (field.type === 'text') return [value]
    if (field.type === 'number') {
      const number = readNumber(value)
      if (number === null) throw new Problem({ kind: 'number', field: field.name, value }, false, at)
      return [number]
    }
    return value.split(',').map((word) => {
      const wanted = word.toLocaleLowerCase()
      const choice = field.choices?.find(
        (known) => known === wanted || this.#wordOf(field, known).toLocaleLowerCase() === wanted,
      )
      if (choice !== undefined) return choice
      throw new Problem({ kind: 'choice', field: field.name, value: word, choices: field.choices ?? [] }, false, at)
    })
  }

  #take(type: Token['type']): boolean {
    if (this.#tokens[this.#at]?.type !== type) return false
    this.#at += 1
    return true
  }

  #startsTerm(): boolean {
    const type = this.#tokens[this.#at]?.type
    return type === 'text' || type === 'condition' || type === 'not' || type === '('
  }
}

function joinParts(type: 'all' | 'any', parts: readonly Expression[]): Expression | null {
  const [only] = parts
  if (only === undefined) return null
  return parts.length === 1 ? only : { type, parts: [...parts] }
}

function textOf(token: Token): string {
  return token.type === 'condition' ? `${token.name}${token.operator}` : token.text
}

const BINARY_UNITS = 'kmgt'

/** "8", "1.5", and sizes in GiB with another unit: "512M" is 0.5. */
function readNumber(value: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(?:([kmgt])(?:i?b)?)?$/i.exec(value)
  if (match === null) return null
  const unit = match[2]?.toLowerCase()
  return Number(match[1]) * (unit === undefined ? 1 : 1024 ** (BINARY_UNITS.indexOf(unit) - 2))
}

/** The name that was probably meant: at most a third of its letters are otherwise. Null: none is near. Pure. */
function findSimilar(typed: string, names: readonly string[]): string | null {
  const ranked = names
    .map((name) => ({ name, distance: name.startsWith(typed) && typed.length > 1 ? 0 : countEdits(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.name ?? null
}

/** Levenshtein's distance. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_unused, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

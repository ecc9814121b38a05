import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityName } from '../stores/index.ts'
import type { EntityKind, NameOf, SearchField } from './entity-kind.ts'
import { createMatcher, type Matcher } from './query/match-query.ts'
import { parseQuery } from './query/parse-query.ts'
import type { QueryPart } from './query/query.ts'
import { describeQueryProblem } from './query/query-problem-text.ts'

/** What a typed query asks of the entities of a kind. */
export interface Query<N extends EntityName> {
  /** A query that is wrong fits nothing: what is shown must not be taken for what was asked for. */
  readonly fits: Matcher<N>
  /** What is wrong with it, or what is still to be typed; null: nothing. */
  readonly hint: string | null
  readonly isWrong: boolean
  /** Where what is wrong stands; null: at the end. */
  readonly at: QueryPart | null
}

/** Reads a query on entities of a kind. Pure. */
export function readQuery<N extends EntityName>(
  kind: EntityKind<N>,
  text: string,
  nameOf: NameOf,
  t: TFunction,
): Query<N> {
  const fields = kind.fields as unknown as readonly SearchField[]
  const { expression, problem, at, isUnfinished } = parseQuery(
    text,
    fields,
    (field, choice) => field.wordOf?.(choice, t) ?? choice,
  )
  const isWrong = problem !== null && !isUnfinished
  return {
    fits: isWrong ? () => false : createMatcher(kind, expression, nameOf),
    hint:
      problem === null
        ? null
        : describeQueryProblem(
            problem,
            fields.map(({ name }) => name),
            t,
          ),
    isWrong,
    at: isWrong ? at : null,
  }
}

/** The same object while neither the query nor a name that it may ask for changes. */
export function useQuery<N extends EntityName>(kind: EntityKind<N>, text: string, nameOf: NameOf): Query<N> {
  const { t } = useTranslation()
  return useMemo(() => readQuery(kind, text, nameOf, t), [kind, text, nameOf, t])
}

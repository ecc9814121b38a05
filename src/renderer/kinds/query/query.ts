import type { SearchField } from '../entity-kind.ts'

export type Operator = '=' | '!=' | '~' | '!~' | '>' | '<' | '>=' | '<='

/** A query as it was understood. */
export type Expression =
  | { readonly type: 'all' | 'any'; readonly parts: readonly Expression[] }
  | { readonly type: 'not'; readonly part: Expression }
  | {
      readonly type: 'condition'
      readonly field: SearchField
      readonly operator: Operator
      /** Any of them; of a choice several may be given. */
      readonly values: readonly (string | number)[]
    }
  /** A text, in any of the fields that are searched by one. */
  | { readonly type: 'text'; readonly text: string }

/** Why a query was not understood. */
export type QueryProblem =
  | { readonly kind: 'unknown-field'; readonly name: string; readonly suggestion: string | null }
  | { readonly kind: 'operator'; readonly field: string; readonly operator: Operator }
  | { readonly kind: 'number'; readonly field: string; readonly value: string }
  | { readonly kind: 'choice'; readonly field: string; readonly value: string; readonly choices: readonly string[] }
  | { readonly kind: 'value-missing'; readonly field: string; readonly choices: readonly string[] }
  | { readonly kind: 'term-missing'; readonly after: string }
  | { readonly kind: 'unclosed'; readonly mark: '"' | '(' }
  | { readonly kind: 'unexpected'; readonly mark: string }

/** Characters of a query. */
export interface QueryPart {
  readonly from: number
  readonly to: number
}

export interface ParsedQuery {
  /** What was understood; null: nothing was asked for, and everything fits. */
  readonly expression: Expression | null
  readonly problem: QueryProblem | null
  /** Where it is; null: it is what is missing at the end. */
  readonly at: QueryPart | null
  /** The problem is only that it is not typed to its end: what stands before it counts. */
  readonly isUnfinished: boolean
}

import type { TFunction } from 'i18next'
import type { QueryProblem } from './query.ts'

/** What is wrong with a query, and what would be right. */
export function describeQueryProblem(problem: QueryProblem, fields: readonly string[], t: TFunction): string {
  switch (problem.kind) {
    case 'unknown-field':
      return problem.suggestion === null
        ? t('frame:query.unknownField', { name: problem.name, fields: fields.join(', ') })
        : t('frame:query.unknownFieldMeant', { name: problem.name, suggestion: problem.suggestion })
    case 'operator':
      return t('frame:query.operator', { field: problem.field, operator: problem.operator })
    case 'number':
      return t('frame:query.number', { field: problem.field, value: problem.value })
    case 'choice':
      return t('frame:query.choice', {
        field: problem.field,
        value: problem.value,
        choices: problem.choices.join(', '),
      })
    case 'value-missing':
      return problem.choices.length === 0
        ? t('frame:query.valueMissing', { field: problem.field })
        : t('frame:query.choiceMissing', { field: problem.field, choices: problem.choices.join(', ') })
    case 'term-missing':
      return t('frame:query.termMissing', { after: problem.after })
    case 'unclosed':
      return t('frame:query.unclosed', { mark: problem.mark })
    case 'unexpected':
      return t('frame:query.unexpected', { mark: problem.mark })
  }
}

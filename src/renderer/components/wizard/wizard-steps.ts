import type { ReactNode } from 'react'
import type { FieldPath, FieldValues } from 'react-hook-form'
import type { WireError } from '../../../shared/errors/index.ts'

/** What leaving a step forwards came to. */
export type StepOutcome<Values extends FieldValues> =
  /** On to the next one that is not skipped. */
  | { readonly kind: 'next' }
  /** To a certain one: that it is needed was found just now. */
  | { readonly kind: 'go'; readonly to: string }
  /** Here it stays, or where the field is that it is about. */
  | { readonly kind: 'failed'; readonly error: WireError; readonly field: FieldPath<Values> | null }
  | { readonly kind: 'finished' }

/** What the button that leaves a step forwards does. */
export interface WizardAction<Values extends FieldValues> {
  readonly label: string
  readonly isDanger?: boolean
  /** The page is not answered yet. */
  readonly isDisabled?: boolean
  /** What goes on while it is left, in words. */
  readonly busy?: string
  /** It goes on by itself once it has begun. */
  readonly isFinal?: boolean
  readonly run: (values: Values, signal: AbortSignal) => Promise<StepOutcome<Values>>
}

export interface WizardStep<Values extends FieldValues> {
  readonly id: string
  readonly title: string
  /** What this page is about, in a sentence. */
  readonly description: string
  /** The fields on it: checked before it is left, and where an error of one is shown. */
  readonly fields: readonly FieldPath<Values>[]
  readonly content: ReactNode
  /** It has nothing to ask for this time. */
  readonly isSkipped?: boolean
  /** Everything is done: it can only be closed. */
  readonly isEnd?: boolean
  readonly next: WizardAction<Values>
}

type Way = readonly Pick<WizardStep<FieldValues>, 'id' | 'isSkipped'>[]

/** The nearest step in a direction that is not skipped; the same one where there is none. Pure. */
export function stepBeside(steps: Way, id: string, direction: 1 | -1): string {
  const from = steps.findIndex((step) => step.id === id)
  for (let index = from + direction; index >= 0 && index < steps.length; index += direction) {
    const step = steps[index]
    if (step !== undefined && step.isSkipped !== true) return step.id
  }
  return id
}

/** The step that a field stands on; null: none. Pure. */
export function stepOfField<Values extends FieldValues>(
  steps: readonly Pick<WizardStep<Values>, 'id' | 'fields'>[],
  field: FieldPath<Values>,
): string | null {
  return steps.find(({ fields }) => fields.includes(field))?.id ?? null
}

/** Whether a person may go to a step by its name in the list: back to those that are behind them. Pure. */
export function mayJump(steps: Way, from: string, to: string): boolean {
  const target = steps.find(({ id }) => id === to)
  const index = (id: string) => steps.findIndex((step) => step.id === id)
  return target !== undefined && target.isSkipped !== true && index(to) < index(from)
}

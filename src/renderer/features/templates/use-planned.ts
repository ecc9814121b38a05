import { useState } from 'react'
import type { CommandInput, CommandName, CommandOutput, CommandPlan } from '../../../shared/contract/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import type { StepOutcome } from '../../components/wizard/index.ts'
import { addNotice, closeDialog, rememberDialog, useEngineClient } from '../../stores/index.ts'

/** A command of a dialog whose last page is its plan. `fieldOf`: the field that a refusal is about. */
export function usePlanned<N extends CommandName, Field extends string>(
  command: N,
  subject: string,
  fieldOf: (error: WireError) => Field | null,
) {
  const client = useEngineClient()
  const [plan, setPlan] = useState<CommandPlan | null>(null)
  type Outcome = StepOutcome<Record<Field, unknown>>
  const failed = (error: WireError): Outcome => ({ kind: 'failed', error, field: fieldOf(error) as never })
  return {
    plan,
    planIt: async (input: CommandInput<N>): Promise<Outcome> => {
      const result = await client.plan(command, input)
      if (!result.ok) return failed(result.error)
      setPlan(result.value)
      return { kind: 'next' }
    },
    runIt: async (input: CommandInput<N>, onDone: (value: CommandOutput<N>) => void): Promise<Outcome> => {
      const isOpen = rememberDialog()
      const result = await client.call(command, input)
      if (!isOpen()) {
        if (!result.ok) addNotice({ command, subject, error: result.error })
        return { kind: 'finished' }
      }
      if (!result.ok) return failed(result.error)
      closeDialog()
      onDone(result.value)
      return { kind: 'finished' }
    },
  }
}

import { useState } from 'react'
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract/index.ts'
import type { WireError } from '../../shared/errors/index.ts'
import { useEngineClient } from './hooks.ts'
import { addNotice } from './notices.ts'
import { closeDialog, rememberDialog } from './workspace.ts'

/** A command that a dialog runs, and how that goes. */
export interface DialogCommand<N extends CommandName> {
  readonly isBusy: boolean
  /** Why the last try failed. */
  readonly error: WireError | null
  /** Closes the dialog when it is done. Gives back what came of it; null: it failed, or nobody waits for it any more. */
  run(input: CommandInput<N>): Promise<CommandOutput<N> | null>
}

/**
 * Runs a command for the topmost dialog. When a person has closed that meanwhile, a failure becomes a notice about `subject`; else
 * `onRefused` is told of it, to show it at its field.
 */
export function useDialogCommand<N extends CommandName>(
  command: N,
  subject: string,
  onRefused?: (error: WireError) => void,
): DialogCommand<N> {
  const client = useEngineClient()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<WireError | null>(null)
  return {
    isBusy,
    error,
    run: async (input) => {
      if (isBusy) return null
      setBusy(true)
      setError(null)
      const isOpen = rememberDialog()
      const result = await client.call(command, input)
      if (!isOpen()) {
        if (!result.ok) addNotice({ command, subject, error: result.error })
        return null
      }
      setBusy(false)
      if (!result.ok) {
        setError(result.error)
        onRefused?.(result.error)
        return null
      }
      closeDialog()
      return result.value
    },
  }
}

import { createStore, useStore } from 'zustand'
import type { CommandInput, CommandName, CommandOutput, Result } from '../../shared/contract/index.ts'
import type { WireError } from '../../shared/errors/index.ts'
import { useEngineClient } from './hooks.ts'

/** Something that a person is told in a corner of the window until they close it. */
export interface Notice {
  readonly id: number
  /** What failed: its title stands above the error's text. Null: no command; the error's own title says it. */
  readonly command: CommandName | null
  readonly subject: string | null
  readonly error: WireError
}

const KEPT = 5
let nextId = 1

export const notices = createStore<readonly Notice[]>(() => [])

export function useNotices(): readonly Notice[] {
  return useStore(notices)
}

/** Shows a notice; of many only the latest stay. */
export function addNotice(notice: Omit<Notice, 'id'>): void {
  notices.setState([...notices.getState().slice(1 - KEPT), { ...notice, id: nextId++ }], true)
}

export function dismissNotice(id: number): void {
  notices.setState(
    notices.getState().filter((notice) => notice.id !== id),
    true,
  )
}

/** Runs a command; a failure becomes a notice. The result is given back too. */
export function useRunCommand(): <N extends CommandName>(
  command: N,
  input: CommandInput<N>,
  subject?: string,
) => Promise<Result<CommandOutput<N>>> {
  const client = useEngineClient()
  return async (command, input, subject) => {
    const result = await client.call(command, input)
    if (!result.ok) addNotice({ command, subject: subject ?? result.error.subject ?? null, error: result.error })
    return result
  }
}

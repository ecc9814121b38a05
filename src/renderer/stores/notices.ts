import { createStore, useStore } from 'zustand'
import type { CommandInput, CommandName, CommandOutput, Result } from '../../shared/contract/index.ts'
import { refusalKey } from '../../shared/contract/index.ts'
import type { WireError } from '../../shared/errors/index.ts'
import { useEngineClient } from './hooks.ts'

/** Failures of the same kind: equal but for what they are about. */
export interface FailureGroup {
  /** Of the latest of them. */
  readonly error: WireError
  readonly count: number
  /** What they are about, the latest last; of many only these. */
  readonly subjects: readonly string[]
}

/** Something that a person is told: what failed, or how a command on many things goes. */
export interface Notice {
  readonly id: number
  /** What was run. Null: no command; the error's own title says it. */
  readonly command: CommandName | null
  /** Null: a failure. Else a command on many things at once. */
  readonly batch: BatchProgress | null
  readonly failures: readonly FailureGroup[]
  /** When it last changed, milliseconds since the epoch. */
  readonly at: number
  /** Over the page; else only in the dock's list. */
  readonly isToast: boolean
  /** Somebody has looked at the dock's list, or closed the toast. */
  readonly isSeen: boolean
}

export interface BatchProgress {
  readonly total: number
  /** Both 0 until it has ended. */
  readonly done: number
  readonly failed: number
  readonly isEnded: boolean
}

const KEPT = 100
const SUBJECTS_KEPT = 20
let nextId = 1

/** The latest last. */
export const notices = createStore<readonly Notice[]>(() => [])

export function useNotices(): readonly Notice[] {
  return useStore(notices)
}

/** Adds failures of one kind to groups. Pure. */
export function addFailure(
  groups: readonly FailureGroup[],
  { error, subjects, count }: FailureGroup,
): readonly FailureGroup[] {
  const key = refusalKey(error)
  const known = groups.find((group) => refusalKey(group.error) === key)
  const named = new Set(known?.subjects)
  for (const subject of subjects) {
    named.delete(subject)
    named.add(subject)
  }
  const group: FailureGroup = {
    error,
    count: (known?.count ?? 0) + count,
    subjects: [...named].slice(-SUBJECTS_KEPT),
  }
  return known === undefined ? [...groups, group] : groups.map((other) => (other === known ? group : other))
}

/** Tells of a failure; one that is equal to an earlier one, but for what it is about, joins it. */
export function addNotice(failure: {
  readonly command: CommandName | null
  readonly subject: string | null
  readonly error: WireError
}): void {
  const key = refusalKey(failure.error)
  const known = notices
    .getState()
    .find(
      ({ command, batch, failures }) =>
        batch === null && command === failure.command && failures.some(({ error }) => refusalKey(error) === key),
    )
  put({
    id: known?.id ?? nextId++,
    command: failure.command,
    batch: null,
    failures: addFailure(known?.failures ?? [], {
      error: failure.error,
      subjects: failure.subject === null ? [] : [failure.subject],
      count: 1,
    }),
  })
}

/** Tells of a command that runs on many things. Returns how to tell what became of it. */
export function addBatch(
  command: CommandName,
  total: number,
): { end(outcome: Pick<BatchProgress, 'done' | 'failed'>, failures: readonly FailureGroup[]): void } {
  const id = nextId++
  put({ id, command, failures: [], batch: { total, done: 0, failed: 0, isEnded: false } })
  return { end: (outcome, failures) => put({ id, command, failures, batch: { total, ...outcome, isEnded: true } }) }
}

function put(notice: Pick<Notice, 'id' | 'command' | 'batch' | 'failures'>): void {
  const others = notices.getState().filter(({ id }) => id !== notice.id)
  notices.setState([...others.slice(1 - KEPT), { ...notice, at: Date.now(), isToast: true, isSeen: false }], true)
}

/** Takes toasts away; they stay in the dock's list. `isSeen`: a person did, and knows of them. */
export function foldNotices(ids: readonly number[], isSeen: boolean): void {
  change(ids, { isToast: false, ...(isSeen ? { isSeen } : {}) })
}

/** A person looks at the list. */
export function markNoticesSeen(): void {
  const unseen = notices.getState().filter(({ isSeen, isToast }) => !isSeen || isToast)
  if (unseen.length > 0) {
    change(
      unseen.map(({ id }) => id),
      { isSeen: true, isToast: false },
    )
  }
}

/** Forgets what is over. */
export function clearNotices(): void {
  notices.setState(
    notices.getState().filter(({ batch }) => batch?.isEnded === false),
    true,
  )
}

function change(ids: readonly number[], part: Partial<Notice>): void {
  notices.setState(
    notices.getState().map((notice) => (ids.includes(notice.id) ? { ...notice, ...part } : notice)),
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

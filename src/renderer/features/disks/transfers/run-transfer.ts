import type { Result } from '../../../../shared/contract/index.ts'
import type { DiskId, TaskId } from '../../../../shared/domain/index.ts'
import type { EngineClient } from '../../../stores/index.ts'
import { type LineAddress, type LineUse, runLine } from './transfer-line.ts'
import { changeTransfer, findTransfer } from './transfer-store.ts'

/** Between two tries to reach the engine, milliseconds. */
const RETRY_MS = 1_000

/** What a person can do to a transfer of this window. */
interface Control {
  /** Holds the line that is open. */
  line: AbortController
  /** Resolves when a person lets it go on. */
  resumed: PromiseWithResolvers<void>
  isPaused: boolean
  isCancelled: boolean
}

const controls = new Map<string, Control>()

/** Stops sending; the engine keeps what it has. */
export function pauseTransfer(id: string): void {
  const control = controls.get(id)
  if (control === undefined || control.isPaused) return
  control.isPaused = true
  control.resumed = Promise.withResolvers()
  changeTransfer(id, { phase: 'paused' })
  control.line.abort()
}

/** Goes on where it was. */
export function resumeTransfer(id: string): void {
  const control = controls.get(id)
  if (control?.isPaused !== true) return
  control.isPaused = false
  control.resumed.resolve()
  changeTransfer(id, { phase: 'moving' })
}

/** Gives it up: the engine is asked to end its task, and leaves nothing behind. */
export async function cancelTransfer(client: EngineClient, id: string, taskId: TaskId | null): Promise<void> {
  const control = controls.get(id)
  if (control === undefined) return
  control.isCancelled = true
  if (taskId !== null) await client.call('task.cancel', { taskId })
  control.resumed.resolve()
  control.line.abort()
}

/**
 * Runs the task of a transfer and, beside it, one connection after the other until it has ended. What the task says is what came of it;
 * where its answer was lost on the way, what the last connection said.
 */
export async function runTransfer<Value>(
  client: EngineClient,
  address: LineAddress,
  call: () => Promise<Result<Value>>,
  use: LineUse,
  diskOf: (value: Value) => DiskId | null,
): Promise<void> {
  const { transferId: id } = address
  const control: Control = {
    line: new AbortController(),
    resumed: Promise.withResolvers(),
    isPaused: false,
    isCancelled: false,
  }
  controls.set(id, control)
  changeTransfer(id, { phase: 'moving' })
  const answer: { outcome: Result<Value> | null } = { outcome: null }
  const answered = call().then((result) => {
    // The answer was lost on the way; the task goes on in the engine, and so do its bytes.
    if (!result.ok && result.error.code === 'transport.lost') return
    answer.outcome = result
    control.resumed.resolve()
    control.line.abort()
  })
  const isOver = () => answer.outcome !== null || control.isCancelled
  try {
    while (!isOver()) {
      if (control.isPaused) await control.resumed.promise
      if (isOver()) break
      control.line = new AbortController()
      const end = await runLine(client, address, use, control.line.signal)
      if (isOver()) break
      if (end.kind === 'refused') {
        changeTransfer(id, { phase: 'failed', error: end.error })
        return
      }
      if (end.kind === 'ended') {
        changeTransfer(id, { phase: 'finishing' })
        await answered
        if (!isOver()) changeTransfer(id, { phase: 'sent' })
        return
      }
      if (control.isPaused) continue
      if (findTransfer(id)?.phase !== 'finishing') changeTransfer(id, { phase: 'interrupted' })
      await wait(RETRY_MS)
    }
  } finally {
    controls.delete(id)
    settle(id, answer.outcome, control.isCancelled, diskOf)
  }
}

function settle<Value>(
  id: string,
  outcome: Result<Value> | null,
  isCancelled: boolean,
  diskOf: (value: Value) => DiskId | null,
): void {
  if (isCancelled) changeTransfer(id, { phase: 'cancelled' })
  else if (outcome?.ok === true) {
    const transfer = findTransfer(id)
    changeTransfer(id, {
      phase: 'done',
      doneBytes: transfer?.totalBytes ?? 0,
      diskId: diskOf(outcome.value) ?? transfer?.diskId ?? null,
    })
  } else if (outcome?.ok === false) {
    const isEnded = outcome.error.code === 'task.cancelled'
    changeTransfer(id, isEnded ? { phase: 'cancelled' } : { phase: 'failed', error: outcome.error })
  }
}

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })
}

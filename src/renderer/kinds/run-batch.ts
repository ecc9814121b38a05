import type { CommandInput, CommandName } from '../../shared/contract/index.ts'
import { addBatch, addFailure, type EngineClient, type FailureGroup } from '../stores/index.ts'

/** So many calls are under way at once: the engine and its hosts have other work too. */
const AT_ONCE = 8

/** A call about one thing, or about many where the command takes a list. */
export interface BatchCall {
  readonly command: CommandName
  readonly input: CommandInput<CommandName>
  /** What the call is about, as a person would name it. */
  readonly subjects: readonly string[]
}

/** Runs calls of one command, told of in one notice. Resolves when all have ended. */
export async function runBatch(client: Pick<EngineClient, 'call'>, calls: readonly BatchCall[]): Promise<void> {
  const [first] = calls
  if (first === undefined) return
  const total = calls.reduce((sum, { subjects }) => sum + subjects.length, 0)
  const notice = addBatch(first.command, total)
  const waiting = [...calls]
  let failed = 0
  let failures: readonly FailureGroup[] = []
  const work = async (): Promise<void> => {
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      const result = await client.call(call.command, call.input)
      if (result.ok) continue
      const { error } = result
      // The rows of its task say which of them failed, and why.
      const part = error.code === 'batch.partly-failed' ? Number(error.params.failed) : null
      failed += part ?? call.subjects.length
      failures = addFailure(failures, {
        error,
        subjects: part === null ? call.subjects : [],
        count: part ?? call.subjects.length,
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  notice.end({ done: total - failed, failed }, failures)
}

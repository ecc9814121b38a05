import { useEffect, useRef, useState } from 'react'
import type { Verdict } from '../../shared/contract/index.ts'
import type { EngineClient, ProposedCall } from './engine-client.ts'
import { useConnection, useEngineClient } from './hooks.ts'

/** The engine judges so many calls at once. */
const ASKED_AT_ONCE = 64

async function askAll(client: EngineClient, calls: readonly ProposedCall[]): Promise<readonly Verdict[]> {
  const questions: Promise<readonly Verdict[]>[] = []
  for (let start = 0; start < calls.length; start += ASKED_AT_ONCE) {
    questions.push(client.canRun(calls.slice(start, start + ASKED_AT_ONCE)))
  }
  return (await Promise.all(questions)).flat()
}

/**
 * Whether calls may run now, in their order; `undefined` for what the engine has not answered yet or
 * cannot be asked while it is away. Asked again whenever
 * `version` (the entity they are about) or the connection changes.
 */
export function useVerdicts(calls: readonly ProposedCall[], version: unknown): readonly (Verdict | undefined)[] {
  const client = useEngineClient()
  const connected = useConnection() === 'open'
  const signature = JSON.stringify(calls)
  const [answer, setAnswer] = useState<{ signature: string; verdicts: readonly Verdict[] } | null>(null)
  const latestCalls = useRef(calls)
  latestCalls.current = calls

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` is no input of the question, but changes its answer.
  useEffect(() => {
    if (!connected || latestCalls.current.length === 0) return
    let current = true
    void askAll(client, latestCalls.current).then((verdicts) => {
      if (current) setAnswer({ signature, verdicts })
    })
    return () => {
      current = false
    }
  }, [client, connected, signature, version])

  return connected && answer?.signature === signature ? answer.verdicts : calls.map(() => undefined)
}

import { useCallback, useEffect, useRef, useState } from 'react'
import { CONSOLE_CLOSE_ERROR, decodeConsoleClose } from '../../../shared/contract/index.ts'
import type { HostId } from '../../../shared/domain/index.ts'
import type { ErrorCode, WireError } from '../../../shared/errors/index.ts'
import { type ConsoleChannel, openConsoleChannel, useConnection, useEngineClient } from '../../stores/index.ts'

/** How a shell's window stands. One that has ended is not opened again by itself: what ran in it is gone. */
export type ShellState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'connected' }
  /** Null: it was left with `exit`, or like it. */
  | { readonly phase: 'ended'; readonly error: WireError | null }

/** Opens one shell on a host, and another when asked to. */
export function useShellLink(hostId: HostId) {
  const client = useEngineClient()
  const isLive = useConnection() === 'open'
  const [state, setState] = useState<ShellState>({ phase: 'connecting' })
  const [channel, setChannel] = useState<ConsoleChannel | null>(null)
  const [attempt, setAttempt] = useState(0)
  const hasBegun = useRef(-1)

  useEffect(() => {
    // When the engine is back the shell that was there is not: only a first try waits for it.
    if (!isLive || hasBegun.current === attempt) return
    hasBegun.current = attempt
    const opened = open()
    async function open(): Promise<ConsoleChannel | null> {
      const result = await client.call('host.shell', { hostId })
      if (!result.ok) {
        setState({ phase: 'ended', error: result.error })
        return null
      }
      const created = openConsoleChannel(result.value.path)
      setChannel(created)
      void created.closed.then(({ code, reason }) => {
        const told = code === CONSOLE_CLOSE_ERROR ? decodeConsoleClose(reason) : null
        setChannel(null)
        setState({ phase: 'ended', error: told === null ? null : closeError(told.code, told.params) })
      })
      return created
    }
    const end = () => void opened.then((created) => created?.close())
    window.addEventListener('pagehide', end)
    void opened.then((created) => created?.closed).finally(() => window.removeEventListener('pagehide', end))
  }, [client, hostId, isLive, attempt])

  const again = useCallback(() => {
    setState({ phase: 'connecting' })
    setAttempt((before) => before + 1)
  }, [])
  const connected = useCallback(() => setState({ phase: 'connected' }), [])
  return { state, channel, again, connected }
}

function closeError(code: string, params: Readonly<Record<string, unknown>>): WireError {
  // A code that this page does not know gets a general text from `describeError`.
  return { code: code as ErrorCode, params, retry: 'safe', technical: [] }
}

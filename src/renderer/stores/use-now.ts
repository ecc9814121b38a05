import { useEffect, useState } from 'react'
import { useEngineClient } from './hooks.ts'

/** The milliseconds of `performance.now()`, kept current at an interval: for what only this page measures. */
export function useElapsed(intervalMs: number): number {
  const [elapsedMs, setElapsedMs] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setElapsedMs(performance.now()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return elapsedMs
}

/** The engine's time, kept current at an interval: for ages and durations of what it stamped. Milliseconds since the epoch. */
export function useNow(intervalMs = 1_000): number {
  const client = useEngineClient()
  const [now, setNow] = useState(() => client.now())
  useEffect(() => {
    const look = () => setNow(client.now())
    look()
    const timer = setInterval(look, intervalMs)
    return () => clearInterval(timer)
  }, [client, intervalMs])
  return now
}

import { useEffect, useState } from 'react'

/** The milliseconds of `performance.now()`, kept current at an interval: for what only this page measures. */
export function useElapsed(intervalMs: number): number {
  const [elapsedMs, setElapsedMs] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setElapsedMs(performance.now()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return elapsedMs
}

/** The time, kept current at an interval: for ages and durations on show. Milliseconds since the epoch. */
export function useNow(intervalMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}

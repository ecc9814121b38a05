import { useEffect, useState } from 'react'

/** The time, kept current at an interval: for ages and durations on show. Milliseconds since the epoch. */
export function useNow(intervalMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}

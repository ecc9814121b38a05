import { useEffect, useMemo, useRef } from 'react'
import type { Vm, VmId } from '../../../shared/domain/index.ts'
import { useCollection } from '../../stores/index.ts'
import { findLastReboot, NO_RUN, nextRun } from './guest-runs.ts'

/** Calls when the guest begins anew: it was started, reset, or has booted again. Not for what was so when the window opened. */
export function useFreshGuest(vmId: VmId, vm: Vm | undefined, onFresh: () => void): void {
  const latest = useRef(onFresh)
  latest.current = onFresh
  const run = useRef(NO_RUN)
  /** The last reboot in the trail that was seen; null before the trail came. */
  const reboot = useRef<bigint | null>(null)
  const { entities, status } = useCollection('events')
  const lastReboot = useMemo(() => BigInt(findLastReboot(entities.values(), vmId) ?? 0), [entities, vmId])

  useEffect(() => {
    const { count } = run.current
    run.current = nextRun(run.current, vm)
    if (run.current.count > count) latest.current()
  }, [vm])

  useEffect(() => {
    if (status !== 'live') return
    const before = reboot.current
    // The trail forgets its oldest lines: an earlier one than before is no news.
    if (before !== null && lastReboot <= before) return
    reboot.current = lastReboot
    if (before !== null) latest.current()
  }, [status, lastReboot])
}

import { useEffect, useRef } from 'react'
import type { TaskId } from '../../../../shared/domain/index.ts'
import { openDialog, useCollection, useEntity, useWorkspace } from '../../../stores/index.ts'
import { findUnanswered } from './unanswered-shutdowns.ts'

/** Asks what is to be done with a machine whose guest did not shut down in its time; after whatever dialog is open. */
export function ShutdownQuestions() {
  const user = useEntity('session', 'session')?.user
  const { entities, status } = useCollection('tasks')
  const isBusy = useWorkspace(({ dialogs }) => dialogs.length > 0)
  const told = useRef<Set<TaskId> | null>(null)
  useEffect(() => {
    if (user === undefined || status === 'loading') return
    const found = findUnanswered(entities.values(), user, told.current ?? new Set())
    if (told.current === null) {
      told.current = new Set(found.map(({ taskId }) => taskId))
      return
    }
    const [next] = found
    if (next === undefined || isBusy) return
    told.current.add(next.taskId)
    openDialog({ kind: 'unanswered-shutdown', vmId: next.vmId })
  }, [user, entities, status, isBusy])
  return null
}

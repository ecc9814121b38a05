import type { CommandHandlers } from './command-handler.ts'
import type { LiveTopics } from './live-topics.ts'
import type { Log } from './log.ts'
import type { AnyHandler } from './parsed-call.ts'
import type { TaskBoard } from './task-board.ts'

export interface ReconcilingOptions {
  readonly topics: LiveTopics
  readonly tasks: TaskBoard
  readonly handlers: CommandHandlers
  readonly log: Log
}

/** Asks the handlers about tasks of unknown outcome whenever hosts or VMs changed. Returns how to stop. */
export function startReconciling({ topics, tasks, handlers, log }: ReconcilingOptions): () => void {
  const byName = new Map(Object.entries(handlers as Readonly<Record<string, unknown>>))

  function onChange(): void {
    if (tasks.unknownCount === 0) return
    const model = topics.model()
    void tasks.reconcile((task) => {
      const handler = byName.get(task.command) as AnyHandler | undefined
      try {
        return handler?.reconcile?.(task, model) ?? null
      } catch (error) {
        log.error({ err: error, command: task.command }, 'reconcile threw')
        return null
      }
    })
  }

  const subscriptions = [topics.subscribe({ topic: 'hosts' }, onChange), topics.subscribe({ topic: 'vms' }, onChange)]
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe()
  }
}

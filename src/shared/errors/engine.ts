/** Raised by the pipeline, tasks, topics and the transports (`src/main/engine`, `src/main/shell`). */
export interface EngineErrors {
  /** A bug: something threw that nobody expected. The technical cause is in the error's chain. */
  internal: { detail: string }
  'command.unknown': { command: string }
  'command.input-invalid': { command: string; issues: readonly { path: string; message: string }[] }
  'command.forbidden': { command: string; permission: string }
  'command.lock-timeout': { command: string; lock: string; holder: string }
  'command.queue-full': { command: string; limit: number }
  'task.not-found': { taskId: string }
  'task.not-cancellable': { taskId: string; step: string }
  'task.finished': { taskId: string; status: string }
  'task.cancelled': { command: string }
  'topic.unknown': { topic: string }
  'topic.key-required': { topic: string }
  'topic.subscriber-too-slow': { topic: string; queueLength: number }
  'transport.lost': { reason: string }
  'transport.unauthorized': { reason: string }
  'server.bind-refused': { address: string; lacking: string }
  'engine.stopping': Record<string, never>
  'engine.not-running': { dataDir: string }
}

/** Raised by the pipeline, tasks, topics and the transports (`src/main/engine`, `src/main/shell`). */
export interface EngineErrors {
  /** A bug: something threw that nobody expected. The technical cause is in the error's chain. */
  internal: { detail: string }
  'command.unknown': { command: string }
  'command.input-invalid': { command: string; issues: readonly { path: string; message: string }[] }
  'command.forbidden': { command: string; permission: string }
  'command.lock-timeout': { command: string; lock: string; holder: string }
  'command.queue-full': { command: string; limit: number }
  /** It took longer than it may. Its outcome is unknown. */
  'command.timed-out': { command: string; timeoutMs: number }
  'task.not-found': { taskId: string }
  'task.not-cancellable': { taskId: string; step: string }
  'task.finished': { taskId: string; status: string }
  'task.cancelled': { command: string }
  'topic.unknown': { topic: string }
  'topic.key-required': { topic: string }
  'topic.limit-reached': { topic: string; limit: number }
  'topic.subscriber-too-slow': { topic: string; queueLength: number }
  'transport.lost': { reason: string }
  'transport.unauthorized': { reason: string }
  /** A request that a page of another origin may have made (Host or Origin do not fit); `header` names which. */
  'transport.rejected': { header: 'host' | 'origin'; value: string }
  'transport.not-found': { path: string }
  'transport.too-large': { limitBytes: number }
  'server.bind-refused': { address: string; lacking: string }
  'server.bind-failed': { address: string; port: number; reason: string }
  'server.file-unusable': { path: string; reason: string }
  /** Code of the page that is loaded later did not arrive. Raised by the page. */
  'page.part-not-loaded': Record<string, never>
  'engine.stopping': Record<string, never>
  'engine.not-running': { dataDir: string }
}

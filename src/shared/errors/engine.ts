/** Raised by the pipeline, tasks, topics and the transports (`src/main/engine`, `src/main/shell`). */
export interface EngineErrors {
  /** A bug: something threw that nobody expected. The technical cause is in the error's chain. */
  internal: { detail: string }
  'command.unknown': { command: string }
  'command.input-invalid': { command: string; issues: readonly { path: string; message: string }[] }
  'command.forbidden': { command: string; permission: string }
  'topic.forbidden': { topic: string }
  'command.lock-timeout': { command: string; lock: string; holder: string }
  'command.queue-full': { command: string; limit: number }
  /** It took longer than it may. Its outcome is unknown. */
  'command.timed-out': { command: string; timeoutMs: number }
  'task.not-found': { taskId: string }
  'task.not-cancellable': { taskId: string; step: string }
  'task.finished': { taskId: string; status: string }
  'task.cancelled': { command: string }
  /** The engine ended before it had begun; nothing of it was done. */
  'operation.not-begun': { command: string }
  /** It belongs to another one, which was not done: nothing of it was done either. */
  'operation.not-led': { command: string; name: string }
  /** The engine ended in the middle of it. */
  'operation.interrupted': { command: string }
  'operation.not-found': { operationId: string }
  /** It is at work, or has ended: there is nothing to retry or to give up. */
  'operation.not-open': { operationId: string; status: string }
  /** What was planned does not hold any more, again and again: the objects change faster than their locks can be had. */
  'operation.plan-changed': { command: string }
  /** An open operation holds the object until it is settled. */
  'operation.in-the-way': { command: string; lock: string; holder: string }
  /** A handler of this version cannot go on with what another one began. */
  'operation.other-version': { command: string; version: number }
  /** Its stored form cannot be read. */
  'operation.unreadable': { operationId: string }
  'batch.partly-failed': { command: string; failed: number; total: number }
  'topic.unknown': { topic: string }
  'topic.key-required': { topic: string }
  'topic.key-invalid': { topic: string; key: string }
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
  /** The engine's process is gone, and nobody had asked it to end. */
  'engine.ended': { exitCode: number }
  'engine.not-running': { dataDir: string }
}

import type { ErrorCode } from '../../../shared/errors/index.ts'

const STATUS: Partial<Record<ErrorCode, number>> = {
  internal: 500,
  'command.input-invalid': 400,
  'topic.key-required': 400,
  'topic.key-invalid': 400,
  'transport.unauthorized': 401,
  'transport.rejected': 403,
  'command.forbidden': 403,
  'topic.forbidden': 403,
  'host.server-files-forbidden': 403,
  'command.unknown': 404,
  'topic.unknown': 404,
  'host.not-found': 404,
  'vm.not-found': 404,
  'task.not-found': 404,
  'transport.not-found': 404,
  'transport.too-large': 413,
  'command.queue-full': 429,
  'engine.stopping': 503,
}

/** The HTTP status of a failure. What the engine expected but refused is a conflict with how things are: 409. */
export function httpStatusOf(code: ErrorCode): number {
  return STATUS[code] ?? 409
}

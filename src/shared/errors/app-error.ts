import type { ErrorCode, ErrorParameters } from './codes.ts'

/** May the caller simply try again? `after-refresh`: the outcome is unknown, look first. */
export type Retry = 'never' | 'safe' | 'after-refresh'

export interface AppErrorOptions {
  /** What the error is about, as a person would name it ("web-01"). */
  readonly subject?: string
  readonly hostId?: string
  /** Default `never`. */
  readonly retry?: Retry
  readonly correlationId?: string
  readonly cause?: unknown
}

/**
 * An expected failure: a code, the parameters of its text, and the cause kept whole. `message` is for logs only;
 * what a person reads comes from the catalogs by `code`. Parameters must never hold a secret.
 */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly params: ErrorParameters[C]
  readonly subject: string | undefined
  readonly hostId: string | undefined
  readonly retry: Retry
  readonly correlationId: string | undefined

  constructor(code: C, params: ErrorParameters[C], options: AppErrorOptions = {}) {
    super(`${code} ${JSON.stringify(params)}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.params = params
    this.subject = options.subject
    this.hostId = options.hostId
    this.retry = options.retry ?? 'never'
    this.correlationId = options.correlationId
  }
}

/** True when `error` is an AppError, and, with `code`, when it has that code. */
export function isAppError<C extends ErrorCode>(error: unknown, code?: C): error is AppError<C> {
  return error instanceof AppError && (code === undefined || error.code === code)
}

/** An error as it crosses the wire: plain data. `technical` is the chain of causes, one line each, for the copy button. */
export interface WireError {
  readonly code: ErrorCode
  readonly params: Readonly<Record<string, unknown>>
  readonly subject?: string | undefined
  readonly hostId?: string | undefined
  readonly retry: Retry
  readonly correlationId?: string | undefined
  readonly technical: readonly string[]
}

const CHAIN_LIMIT = 8
const LINE_LIMIT = 2_000
/** Of one parameter's text: longer than any that a daemon sends in earnest. */
const PARAMETER_LIMIT = 4_000

/**
 * Turns anything thrown into plain data, with texts cut where a host sent more than anybody reads. What is not an AppError
 * is a bug and becomes `internal`.
 */
export function toWireError(error: unknown, correlationId?: string): WireError {
  const technical = causeChain(error)
  if (!(error instanceof AppError)) {
    return { code: 'internal', params: { detail: technical[0] ?? 'unknown' }, retry: 'never', correlationId, technical }
  }
  const { code, params, subject, hostId, retry } = error as AppError
  return {
    code,
    params: boundTexts(params),
    subject,
    hostId,
    retry,
    correlationId: error.correlationId ?? correlationId,
    technical,
  }
}

/** The way back: an AppError with the same code, parameters and technical chain (as its cause). */
export function fromWireError(wire: WireError): AppError {
  return new AppError(wire.code, wire.params as ErrorParameters[ErrorCode], {
    ...(wire.subject === undefined ? {} : { subject: wire.subject }),
    ...(wire.hostId === undefined ? {} : { hostId: wire.hostId }),
    ...(wire.correlationId === undefined ? {} : { correlationId: wire.correlationId }),
    retry: wire.retry,
    cause: wire.technical.length > 0 ? new Error(wire.technical.join('\n')) : undefined,
  })
}

function boundTexts(params: object): Record<string, unknown> {
  const bound = (value: unknown) => (typeof value === 'string' ? value.slice(0, PARAMETER_LIMIT) : value)
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, bound(value)]))
}

function causeChain(error: unknown): string[] {
  const lines: string[] = []
  let current: unknown = error
  while (current !== undefined && current !== null && lines.length < CHAIN_LIMIT) {
    const line = current instanceof Error ? `${current.name}: ${current.message}` : String(current)
    lines.push(line.slice(0, LINE_LIMIT))
    current = current instanceof Error ? current.cause : undefined
  }
  return lines
}

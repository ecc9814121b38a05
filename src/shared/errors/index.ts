export type { AppErrorOptions, Retry, WireError } from './app-error.ts'
export { AppError, fromWireError, isAppError, toWireError } from './app-error.ts'
export type { ErrorCode, ErrorParameters } from './codes.ts'
export type { HostRefusal, Reference } from './reference.ts'

// The libvirt client: speaks libvirt's RPC protocol over any Duplex. Knows bytes, not SSH.
export type { CallOptions } from './call-options.ts'
export type {
  LibvirtConnection,
  OpenOptions,
  ProcedureArguments,
  ProcedureName,
  ProcedureReturn,
  StreamArguments,
  StreamProcedureName,
  StreamReturn,
} from './connection/connection-types.ts'
export type { KeepaliveSettings } from './connection/keepalive.ts'
export { openLibvirt } from './connection/open.ts'
export { callFailed, isLibvirtError, libvirtErrorCode } from './errors.ts'
export type { EventKind, LibvirtEvent } from './events/event-sources.ts'
export type { EventSubscription, SubscribeOptions } from './events/subscription.ts'
export type { TypedParameter, TypedParameterValue } from './protocol/typed-parameters.ts'
export { typedParameter, typedParametersToObject } from './protocol/typed-parameters.ts'
export type * from './protocol/types.gen.ts'
export type { ReadStream, StreamOptions, StreamPart, WriteStream } from './streams/stream-types.ts'

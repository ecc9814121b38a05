import type { XdrReader } from '../xdr/reader.ts'
import type { XdrWriter } from '../xdr/writer.ts'

/** Program numbers of the packets' headers (`REMOTE_PROGRAM`, `QEMU_PROGRAM`, `KEEPALIVE_PROGRAM`). */
export const REMOTE = 0x2000_8086
export const QEMU = 0x2000_8087
export const KEEPALIVE = 0x6b65_6570

/** All programs are at version 1. */
export const PROGRAM_VERSION = 1

/** The arguments of a procedure that takes none: `{}`. */
export type NoArguments = Readonly<Record<string, never>>

/** Both directions of one type's encoding. */
export interface CodecPair<T> {
  encode(writer: XdrWriter, value: T): void
  decode(reader: XdrReader): T
}

/** What a procedure is, apart from its data. */
export interface ProcedureIdentity {
  /** libvirt's name without `REMOTE_PROC_`; those of the QEMU program keep the prefix `QEMU_`. */
  readonly name: string
  readonly program: number
  readonly number: number
  /** Which way the stream's data goes that the call opens; a console's goes both ways and counts as `read`. */
  readonly stream: 'read' | 'write' | null
  /** Whether the stream may carry holes. */
  readonly sparse: boolean
  /** `files`: file descriptors go along, which no tunnel carries, so it is refused. `event`: only the daemon sends it. */
  readonly kind: 'call' | 'files' | 'event'
}

/** One procedure of a program. For events, `result` is the message and there are no arguments. */
export interface Procedure<Arguments, Result> extends ProcedureIdentity {
  readonly arguments: CodecPair<Arguments>
  readonly result: CodecPair<Result>
}

export function pair<T>(encode: (writer: XdrWriter, value: T) => void, decode: (reader: XdrReader) => T): CodecPair<T> {
  return { encode, decode }
}

export const noArguments: CodecPair<NoArguments> = { encode: () => undefined, decode: () => ({}) }
export const noResult: CodecPair<undefined> = { encode: () => undefined, decode: () => undefined }

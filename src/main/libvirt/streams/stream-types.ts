import type { CallOptions } from '../call-options.ts'

/** A part of a stream: bytes, or, with `sparse`, a run of zeros that was not sent. */
export type StreamPart =
  | { readonly data: Uint8Array; readonly holeBytes?: undefined }
  | { readonly data?: undefined; readonly holeBytes: bigint }

export interface StreamOptions extends CallOptions {
  /**
   * Longest time in which nothing moves before the stream is given up, 30 s by default; 0 for never, as consoles have
   * it. `timeoutMs` covers opening and ending.
   */
  readonly idleTimeoutMs?: number | undefined
}

/**
 * A stream from the daemon. Iterating yields its parts, in order, and ends when the daemon has confirmed the end.
 * Leaving the loop early aborts the stream. Data is a view on the packet: it belongs to the consumer. What is not
 * consumed holds the transport back, and with it everything else on this connection.
 */
export interface ReadStream<Result> extends AsyncIterable<StreamPart> {
  /** What the opening call returned. */
  readonly result: Result
  /** Gives the stream up. Resolves when the daemon has confirmed; never rejects. */
  abort(): Promise<void>
}

/** A stream to the daemon. Each method rejects with the daemon's error once it reports one. */
export interface WriteStream<Result> {
  readonly result: Result
  /** Sends bytes; resolves when more may be sent. `data` must not be changed afterwards. */
  write(data: Uint8Array): Promise<void>
  /** Sends a run of zeros as a hole; the call must have asked for a sparse stream by its flag. */
  hole(byteLength: bigint): Promise<void>
  /** Ends the stream and resolves when the daemon has everything. */
  finish(): Promise<void>
  /** Gives the stream up. Resolves when the daemon has confirmed; never rejects. */
  abort(): Promise<void>
}

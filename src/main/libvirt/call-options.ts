export interface CallOptions {
  /** 30 s by default, from the moment of asking; waiting for a free slot counts. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

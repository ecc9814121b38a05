/** What a stream needs of its connection. */
export interface StreamLink {
  /** Sends one data packet; false when the transport wants to drain first. */
  sendData(data: Uint8Array): boolean
  sendHole(byteLength: bigint): boolean
  /** Asks the daemon to end the stream, well or aborted; it answers with a packet of its own. */
  sendEnd(how: 'finish' | 'abort'): void
  /** Resolves when the transport has drained; rejects when the connection ends first. */
  drained(): Promise<void>
  /** Stops or continues reading from the transport. */
  setReading(reading: boolean): void
  /** The stream is over: the connection forgets it. */
  release(): void
}

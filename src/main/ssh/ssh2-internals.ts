import { createSecretKey } from 'node:crypto'
import type { Channel, Client } from 'ssh2'

/**
 * The parts of ssh2 1.17.0 (pinned) that its typings leave out and that we rely on; test/lab/ssh-channels.test.ts
 * fails when an update moves them. Reason: a second Duplex around ssh2's own costs a tenth of a small call's time,
 * and its `destroy` is not a real one: it never closes what is waiting.
 */
export interface ChannelInternals {
  /** Called for each piece of data, and with null at the end of data and again at the close. */
  push(chunk: Buffer | null): boolean
  /** Gives window back to the host after `push` returned false. */
  _read(size: number): void
  _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void
  eof(): void
  close(): void
  readonly incoming: { readonly state: 'open' | 'eof' | 'closed' }
  readonly outgoing: { readonly state: 'open' | 'eof' | 'closing' | 'closed' }
}

export function channelInternals(channel: Channel): ChannelInternals {
  return channel as unknown as ChannelInternals
}

/** Counts anything received as a sign of life, so that a busy line does not lose its keepalive race. */
export function noteSignOfLife(client: Client): void {
  const { _resetKA: reset } = client as unknown as { _resetKA?: () => void }
  reset?.()
}

/** Sends a signal to a command, which ssh2 itself no longer does once its input has ended. */
export function sendSignal(client: Client, channel: Channel, name: 'TERM' | 'KILL'): void {
  const { outgoing } = channel as unknown as { outgoing: { id: number; state: string } }
  const { _protocol: protocol } = client as unknown as { _protocol?: { signal(id: number, name: string): void } }
  if (outgoing.state === 'open' || outgoing.state === 'eof') protocol?.signal(outgoing.id, name)
}

interface CipherState {
  _encKey?: unknown
  _decipherKey?: unknown
  _macKey?: unknown
}

/**
 * Hands ssh2's ciphers their keys as KeyObjects. ssh2 builds a cipher or MAC for each packet, and Node 24 turns a raw
 * key into a KeyObject each time, which takes some 25 µs: a quarter of a small call's time. Call after each handshake.
 */
export function prepareCipherKeys(client: Client): void {
  const { _protocol: protocol } = client as unknown as {
    _protocol?: { _cipher?: CipherState | undefined; _decipher?: CipherState | undefined }
  }
  for (const state of [protocol?._cipher, protocol?._decipher]) {
    if (state === undefined) continue
    for (const name of ['_encKey', '_decipherKey', '_macKey'] as const) {
      const key = state[name]
      if (Buffer.isBuffer(key)) state[name] = createSecretKey(key)
    }
  }
}

/** The reason code of a refused channel (RFC 4254, 5.1): 1 prohibited, 2 connect failed, 3 unknown type, 4 shortage. */
export function openFailureReason(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('reason' in error)) return null
  return typeof error.reason === 'number' ? error.reason : null
}

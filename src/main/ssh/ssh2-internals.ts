import { createSecretKey } from 'node:crypto'
import type { Channel, Client, ParsedKey } from 'ssh2'
import constants from 'ssh2/lib/protocol/constants.js'
import { CERTIFICATE_SUFFIX, parseCertificate } from './certificate.ts'
import { HOST_CERTIFICATE_ALGORITHMS } from './known-hosts-verdict.ts'
import { announcedAlgorithm, packPublicKeyRequest, signatureAlgorithm } from './public-key-request.ts'
import { packString } from './wire-format.ts'

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

/**
 * Ends the socket below a connection at once. ssh2's own `destroy` leaves one alone that `end` was called on before, and where the
 * other side is silent (a cable that was pulled) such a socket waits a quarter of an hour for its last packet.
 */
export function destroySocket(client: Client): void {
  const { _sock: socket } = client as unknown as { _sock?: { destroy(): void } }
  socket?.destroy()
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

/** A public key or certificate to offer, and who signs for it. */
export interface KeyOffer {
  /** Any key that ssh2 can read; it stands in for what it cannot. */
  readonly base: ParsedKey
  readonly type: string
  readonly blob: Buffer
  /** Gives a signature with its algorithm's name before it. */
  sign(data: Buffer, algorithm: string): Buffer | Promise<Buffer>
}

interface AuthenticationInternals {
  /** Gone once the connection has ended. */
  readonly _destruct?: unknown
  readonly _kex: { readonly sessionID: Buffer }
  readonly _authsQueue: string[]
  readonly _cipher: { encrypt(packet: Buffer): void }
  readonly _packetRW: {
    readonly write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer }
  }
  authPK(username: string, key: ParsedKey, algorithm?: string, sign?: (data: Buffer, send: () => void) => void): void
}

const OFFERS = new WeakMap<ParsedKey, KeyOffer & { signature: Buffer | Error | null }>()

/** The offer as a key that ssh2 takes for an attempt of the type `publickey`. */
export function toOfferedKey(offer: KeyOffer): ParsedKey {
  const state = { ...offer, signature: null as Buffer | Error | null }
  const shown: unknown = Object.create(offer.base, {
    type: { value: offer.type },
    getPublicSSH: { value: () => offer.blob },
    isPrivateKey: { value: () => true },
    // An error that is given back makes ssh2 report it and go on to the next attempt.
    sign: { value: () => state.signature },
  })
  const key = shown as ParsedKey
  OFFERS.set(key, state)
  return key
}

/**
 * Has the keys of `toOfferedKey` requested and signed by ourselves. ssh2 writes a certificate's name into the signature,
 * which servers refuse, signs RSA certificates with SHA-1, and does not say what the server answered to an agent's key.
 * Call after `connect`.
 */
export function requestOfferedKeys(client: Client): void {
  const { _protocol: protocol } = client as unknown as { _protocol?: AuthenticationInternals }
  if (protocol === undefined) return
  const { authPK } = protocol
  // Keys are not renewed before the sign-in is over, so that nothing has to be held back here.
  const send = (payload: Buffer): void => {
    const { write } = protocol._packetRW
    const packet = write.alloc(payload.length)
    packet.set(payload, write.allocStart)
    protocol._authsQueue.push('publickey')
    protocol._cipher.encrypt(write.finalize(packet))
  }
  protocol.authPK = (username, key, chosen, sign) => {
    const offer = OFFERS.get(key)
    if (offer === undefined) {
      authPK.call(protocol, username, key, chosen, sign)
      return
    }
    const algorithm = chosen ?? announcedAlgorithm(offer.type)
    const request = { username, algorithm, blob: offer.blob }
    if (sign === undefined) {
      send(packPublicKeyRequest({ ...request, isSigned: false }))
      return
    }
    const body = packPublicKeyRequest({ ...request, isSigned: true })
    const data = Buffer.concat([packString(protocol._kex.sessionID), body])
    const finish = (signature: Buffer | Error): void => {
      if (protocol._destruct === undefined) return
      offer.signature = signature
      sign(data, () => {
        if (Buffer.isBuffer(signature)) send(Buffer.concat([body, packString(signature)]))
      })
    }
    Promise.resolve()
      .then(() => offer.sign(data, signatureAlgorithm(algorithm)))
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
      .then(finish)
      .catch((error: unknown) => client.emit('error', error))
  }
}

/** ssh2's own list of what a caller may ask for; it is not copied. */
const { SUPPORTED_SERVER_HOST_KEY } = constants
for (const algorithm of HOST_CERTIFICATE_ALGORITHMS) {
  if (!SUPPORTED_SERVER_HOST_KEY.includes(algorithm)) SUPPORTED_SERVER_HOST_KEY.push(algorithm)
}

interface KeyExchange {
  readonly negotiated: { serverHostKey: string }
}

/**
 * Has ssh2 take a host's certificate where one was negotiated. The exchange is hashed over the certificate, and signed by the key
 * in it with the key's own algorithm, but ssh2 takes what it got for the key itself. Whether the certificate is to be
 * trusted is for the host verifier, which gets all of it. Call after `connect`.
 */
export function readHostCertificates(client: Client): void {
  const { _protocol: protocol } = client as unknown as { _protocol?: { _kex?: KeyExchange | undefined } }
  if (protocol === undefined) return
  let current = protocol._kex
  // Each key exchange, also of a renewal, is an object of its own.
  Object.defineProperty(protocol, '_kex', {
    get: () => current,
    set: (exchange: KeyExchange | undefined) => {
      current = exchange
      if (exchange?.negotiated.serverHostKey.endsWith(CERTIFICATE_SUFFIX)) readCertificateOf(exchange)
    },
  })
}

function readCertificateOf(exchange: KeyExchange): void {
  const { negotiated } = exchange
  const algorithm = negotiated.serverHostKey.slice(0, -CERTIFICATE_SUFFIX.length)
  // What ssh2 compares with the type of what it gets: that of an RSA certificate does not name the hash.
  const keyType = algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm
  negotiated.serverHostKey = `${keyType}${CERTIFICATE_SUFFIX}`
  let blob: Buffer | undefined
  let reads = 0
  Object.defineProperty(exchange, '_hostKey', {
    // Read once for the hash, then to check the signature.
    get: () => (reads++ === 0 || blob === undefined ? blob : (parseCertificate(blob)?.publicKey ?? blob)),
    set: (value: Buffer | undefined) => {
      blob = value
      reads = 0
      // From here on it is compared with the algorithm of the signature.
      if (value !== undefined) negotiated.serverHostKey = algorithm
    },
  })
}

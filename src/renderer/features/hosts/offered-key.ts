import type { ErrorCode, WireError } from '../../../shared/errors/index.ts'

/** A host's key as an unknown- or changed-key error tells it. */
export interface OfferedKey {
  readonly keyType: string
  readonly fingerprint: string
  /** The fingerprint that was pinned, when the key is another one now. */
  readonly expected: string | null
  /** Where the expected key stands. */
  readonly source: string | null
}

/** The key that an error offers for confirmation; `null` for other errors. Pure. */
export function offeredKey(error: WireError): OfferedKey | null {
  const offers: readonly ErrorCode[] = ['ssh.host-key-unknown', 'ssh.host-key-changed', 'ssh.host-key-not-certified']
  if (!offers.includes(error.code)) return null
  const { keyType, fingerprint, expectedFingerprint, source } = error.params
  return {
    keyType: String(keyType),
    fingerprint: String(fingerprint),
    expected: expectedFingerprint === undefined ? null : String(expectedFingerprint),
    source: source === undefined ? null : String(source),
  }
}

/** File of the host's public key of a type, on an OpenSSH server. Pure. */
export function publicKeyFile(keyType: string): string {
  const type = /ecdsa/.test(keyType) ? 'ecdsa' : /rsa/.test(keyType) ? 'rsa' : 'ed25519'
  return `/etc/ssh/ssh_host_${type}_key.pub`
}

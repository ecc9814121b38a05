import { AppError } from '../../shared/errors/index.ts'
import { parseCertificate } from './certificate.ts'
import { fingerprintOf, keyTypeOf, sameFingerprint } from './fingerprint.ts'
import type { KnownHosts } from './known-hosts.ts'
import type { KnownHostsPlaces } from './known-hosts-places.ts'
import type { HostKeyVerdict } from './known-hosts-verdict.ts'

/** The key that a host offers during a handshake. */
export interface HostKeyOffer {
  readonly address: string
  readonly port: number
  /** What was offered: of a certificate its type, else that of the key. */
  readonly type: string
  readonly blob: Buffer
  /** The key itself, also where a certificate vouches for it; its type and its fingerprint. */
  readonly keyType: string
  readonly fingerprint: string
  readonly key: Buffer
}

/** What is done about an offer: go on, pin it first, or refuse. */
export type HostKeyDecision = 'accept' | 'pin' | 'replace' | AppError

/**
 * Decides about an offered key. Only a trusted key goes through, or the very key for which a person has given their
 * word (`acceptFingerprint`); a revoked one never. Pure.
 */
export function decideOffer(offer: HostKeyOffer, verdict: HostKeyVerdict, acceptFingerprint?: string): HostKeyDecision {
  const { address, port, keyType, fingerprint } = offer
  const { source } = verdict
  if (verdict.verdict === 'revoked') {
    return new AppError('ssh.host-key-revoked', { address, port, keyType, fingerprint, source })
  }
  if (verdict.verdict === 'trusted') return 'accept'
  const given = acceptFingerprint !== undefined && sameFingerprint(acceptFingerprint, fingerprint)
  if (verdict.verdict === 'changed') {
    if (given) return 'replace'
    const expectedFingerprint = verdict.expectedFingerprint ?? ''
    return new AppError('ssh.host-key-changed', { address, port, keyType, fingerprint, expectedFingerprint, source })
  }
  if (given) return 'pin'
  if (verdict.verdict === 'not-certified') {
    const hint = verdict.problem ?? 'missing'
    return new AppError('ssh.host-key-not-certified', { address, port, keyType, fingerprint, source, hint })
  }
  return new AppError('ssh.host-key-unknown', { address, port, keyType, fingerprint })
}

/** Judges the keys of one connection; `accepted` is null until one was. */
export interface HostKeyVerifier {
  /** Resolves when the key, or the certificate, may be used. Errors: the ssh.host-key-… codes, ssh.known-hosts-unusable. */
  verify(blob: Buffer): Promise<void>
  readonly accepted: HostKeyOffer | null
}

/** Builds the verifier of one connection. After the first key, as at each rekeying, only that same key will do. */
export function createHostKeyVerifier(options: {
  readonly address: string
  readonly port: number
  readonly knownHosts: KnownHosts
  readonly places: KnownHostsPlaces
  readonly signal?: AbortSignal | undefined
  readonly acceptFingerprint?: string | undefined
}): HostKeyVerifier {
  const { address, port, knownHosts, places, signal } = options
  const query = { address, port, places, ...(signal === undefined ? {} : { signal }) }
  let accepted: HostKeyOffer | null = null
  return {
    get accepted() {
      return accepted
    },
    async verify(blob) {
      const key = parseCertificate(blob)?.publicKey ?? blob
      const offer = {
        address,
        port,
        type: keyTypeOf(blob) ?? 'unknown',
        blob: Buffer.from(blob),
        keyType: keyTypeOf(key) ?? 'unknown',
        fingerprint: fingerprintOf(key),
        key: Buffer.from(key),
      }
      if (accepted !== null) {
        if (accepted.blob.equals(blob)) return
        throw new AppError('ssh.host-key-changed', {
          address,
          port,
          keyType: offer.keyType,
          fingerprint: offer.fingerprint,
          expectedFingerprint: accepted.fingerprint,
          source: 'connection',
        })
      }
      const verdict = await knownHosts.check(query, blob)
      const decision = decideOffer(offer, verdict, options.acceptFingerprint)
      if (decision instanceof AppError) throw decision
      if (decision === 'replace') await knownHosts.forget(address, port)
      if (decision !== 'accept') await knownHosts.pin(address, port, offer.keyType, offer.key)
      accepted = offer
    },
  }
}

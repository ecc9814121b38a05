import { CERTIFICATE_SUFFIX, parseCertificate } from './certificate.ts'
import { fingerprintOf, keyTypeOf } from './fingerprint.ts'
import { type CertificateProblem, decideHostCertificate } from './host-certificate.ts'
import { entryMatches, type KnownHostEntry, type KnownHostsFile } from './known-hosts-format.ts'
import type { RevokedKeys } from './revocation-list.ts'

/** A known_hosts file with where it stands; `own` is the app's, the others are the user's. */
export interface KnownHostsSource extends KnownHostsFile {
  readonly path: string
  readonly own: boolean
}

/** A list of revoked keys with where it stands. */
export interface RevocationSource {
  readonly path: string
  readonly keys: RevokedKeys
}

/** All that is known when a host shows a key. */
export interface HostKeyEvidence {
  readonly sources: readonly KnownHostsSource[]
  readonly revocations: readonly RevocationSource[]
  /** The host's name as known_hosts writes it. */
  readonly name: string
  /** The host's name as certificates write it: without the port. */
  readonly certifiedName: string
  readonly nowMs: number
}

/** What is known about an offered key. `source` is `path:line` of the entry that decided, the path of a list, or ''. */
export interface HostKeyVerdict {
  readonly verdict: 'trusted' | 'unknown' | 'changed' | 'revoked' | 'not-certified'
  readonly source: string
  /** Set for `changed`: the key that was expected. */
  readonly expectedFingerprint?: string
  /** Set for `not-certified`: why the authority that is trusted for the host does not vouch for it. */
  readonly problem?: CertificateProblem
}

/**
 * Decides about a key that a host offers. A revoked key is refused wherever that is written, and so is what a revoked
 * authority has signed. A valid certificate of an authority that is trusted for the host is enough. Else the key itself
 * must be known, as to ssh: the app's own file decides if it knows the host, else the user's files together. A host that is
 * known by other keys only has changed, also when just the type differs: else a machine in between could offer a type that
 * nobody has seen. Pure.
 */
export function decideHostKey(evidence: HostKeyEvidence, offered: Buffer): HostKeyVerdict {
  const { sources, revocations, name, certifiedName, nowMs } = evidence
  const certificate = parseCertificate(offered)
  const key = certificate?.publicKey ?? offered
  const list = revocations.find(({ keys }) => keys.has(key, certificate))
  if (list !== undefined) return { verdict: 'revoked', source: list.path }
  const ordered = [...sources].sort((left, right) => Number(right.own) - Number(left.own))
  const found = ordered.flatMap((source) =>
    source.entries.filter((entry) => entryMatches(entry, name)).map((entry) => ({ source, entry })),
  )
  const isSame = (blob: Buffer) => blob.equals(key) || certificate?.authority.equals(blob) === true
  const revoked = found.find(({ entry }) => entry.marker === 'revoked' && isSame(entry.key))
  if (revoked) return { verdict: 'revoked', source: locate(revoked) }

  const authorities = found.filter(({ entry }) => entry.marker === 'cert-authority')
  const authority = authorities.find(({ entry }) => certificate?.authority.equals(entry.key))
  const problem = decideProblem()
  if (authority && problem === null) return { verdict: 'trusted', source: locate(authority) }

  for (const own of [true, false]) {
    const plain = found.filter(({ source, entry }) => source.own === own && entry.marker === null)
    const same = plain.find(({ entry }) => entry.key.equals(key))
    if (same) return { verdict: 'trusted', source: locate(same) }
    const other = plain.find(({ entry }) => entry.keyType === keyTypeOf(key)) ?? plain[0]
    if (other) {
      return { verdict: 'changed', source: locate(other), expectedFingerprint: fingerprintOf(other.entry.key) }
    }
  }
  const trusted = authority ?? authorities[0]
  if (trusted === undefined) return { verdict: 'unknown', source: '' }
  return { verdict: 'not-certified', source: locate(trusted), problem: problem ?? 'missing' }

  function decideProblem(): CertificateProblem | null {
    if (certificate === null) return 'missing'
    return authority === undefined ? 'other-authority' : decideHostCertificate(certificate, certifiedName, nowMs)
  }
}

function locate({ source, entry }: { readonly source: KnownHostsSource; readonly entry: KnownHostEntry }): string {
  return `${source.path}:${entry.line}`
}

/** How a host is known before it shows a key. */
export interface KnownHost {
  /** Types of its keys, the deciding file's first. Revoked keys do not count. */
  readonly types: readonly string[]
  /** True when an authority is trusted for it, so that it may show a certificate. */
  readonly hasAuthority: boolean
}

/** Finds how a host is known. Pure. */
export function decideKnownHost(sources: readonly KnownHostsSource[], name: string): KnownHost {
  const ordered = [...sources].sort((left, right) => Number(right.own) - Number(left.own))
  const entries = ordered.flatMap((source) => source.entries.filter((entry) => entryMatches(entry, name)))
  const types = entries.filter((entry) => entry.marker === null).map((entry) => entry.keyType)
  return {
    types: [...new Set(types)],
    hasAuthority: entries.some((entry) => entry.marker === 'cert-authority'),
  }
}

const ALGORITHMS_BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  // ssh-rsa as a signature means SHA-1, which is not offered.
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/** All algorithms of certificates that may be offered. */
export const HOST_CERTIFICATE_ALGORITHMS: readonly string[] = Object.values(ALGORITHMS_BY_TYPE)
  .flat()
  .map((algorithm) => `${algorithm}${CERTIFICATE_SUFFIX}`)

/**
 * Host key algorithms to offer, those of already known keys first (as OpenSSH does), so that a host pinned by its ed25519 key
 * does not show its RSA key and look changed. Where an authority is trusted, certificates go before all keys.
 */
export function orderHostKeyAlgorithms({ types, hasAuthority }: KnownHost): string[] {
  const ordered = [...types, ...Object.keys(ALGORITHMS_BY_TYPE)].flatMap((type) => ALGORITHMS_BY_TYPE[type] ?? [])
  const certificates = hasAuthority ? ordered.map((algorithm) => `${algorithm}${CERTIFICATE_SUFFIX}`) : []
  return [...new Set([...certificates, ...ordered])]
}

import type { Certificate } from './certificate.ts'
import { verifySignature } from './ssh-signature.ts'

/** Why a certificate does not vouch for a host; `missing` when there was only a plain key. */
export type CertificateProblem =
  | 'missing'
  | 'other-authority'
  | 'not-for-hosts'
  | 'other-host'
  | 'not-yet-valid'
  | 'expired'
  | 'unknown-option'
  | 'signature-invalid'
  | 'signature-unsupported'

/**
 * Says what keeps a certificate of a trusted authority from vouching for a host; null: nothing. The rules are those of
 * `sshkey_cert_check_host` of OpenSSH: one without principals is for all hosts, and principals are names, not patterns. `name`
 * is the host's, or its HostKeyAlias, without the port. Pure.
 */
export function decideHostCertificate(
  certificate: Certificate,
  name: string,
  nowMs: number,
): CertificateProblem | null {
  const { purpose, principals, validAfter, validBefore, criticalOptions, authority, signedData, signature } =
    certificate
  if (purpose !== 'host') return 'not-for-hosts'
  const signed = verifySignature(authority, signedData, signature)
  if (signed !== 'valid') return signed === 'invalid' ? 'signature-invalid' : 'signature-unsupported'
  if (criticalOptions.length > 0) return 'unknown-option'
  if (nowMs < validAfter) return 'not-yet-valid'
  if (validBefore !== null && nowMs >= validBefore) return 'expired'
  const isNamed = principals.length === 0 || principals.includes(name.toLowerCase())
  return isNamed ? null : 'other-host'
}

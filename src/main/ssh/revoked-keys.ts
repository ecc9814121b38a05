import { createHash } from 'node:crypto'
import { keyTypeOf } from './fingerprint.ts'
import { isRevocationList, parseRevocationList, type RevokedKeys } from './revocation-list.ts'

/**
 * Reads a file of revoked keys: a key revocation list of `ssh-keygen -k`, or public keys, one a line. Null: neither; such
 * a file must refuse every key, for nobody knows what it revokes.
 */
export function parseRevokedKeys(data: Buffer): RevokedKeys | null {
  return isRevocationList(data) ? parseRevocationList(data) : parseKeyLines(data.toString('utf8'))
}

function parseKeyLines(text: string): RevokedKeys | null {
  const revoked = new Set<string>()
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [type, encoded = ''] = line.split(/[ \t]+/)
    const key = Buffer.from(encoded, 'base64')
    if (keyTypeOf(key) !== type) return null
    revoked.add(digestOf(key))
  }
  return {
    // The authority's key stands for all that it signed, and a key for what certifies it.
    has: (key, certificate) =>
      [key, ...(certificate === null ? [] : [certificate.blob, certificate.authority])].some((each) =>
        revoked.has(digestOf(each)),
      ),
  }
}

function digestOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('base64')
}

/** More keys than a fleet has; what is beyond is not looked at. */
const KEYS_LIMIT = 5_000

/**
 * Fingerprints in a pasted text: what `ssh-keygen -lf` prints, and the keys in lines of known_hosts or of `ssh-keyscan`. Those need
 * the browser's crypto, which a page has over https and from this computer alone; without it they are left out.
 */
export async function readFingerprints(text: string): Promise<ReadonlySet<string>> {
  const printed = text.match(/SHA256:[A-Za-z0-9+/]{43}/g) ?? []
  const keys = (text.match(/\bAAAA[A-Za-z0-9+/]{40,12000}={0,2}/g) ?? []).filter(({ length }) => length % 4 === 0)
  // What is not there in an insecure page is there in the type.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
  const digested =
    subtle === undefined ? [] : await Promise.all(keys.slice(0, KEYS_LIMIT).map((key) => fingerprintOf(key, subtle)))
  return new Set([...printed.slice(0, KEYS_LIMIT), ...digested])
}

/** Of a public key in base64, as ssh-keygen prints it (RFC 4648 without padding). */
async function fingerprintOf(key: string, subtle: SubtleCrypto): Promise<string> {
  const bytes = Uint8Array.from(atob(key), (character) => character.charCodeAt(0))
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return `SHA256:${btoa(String.fromCharCode(...digest)).replace(/=+$/, '')}`
}

import ssh2, { type ParsedKey } from 'ssh2'
import { type AppError, isAppError } from '../../shared/errors/index.ts'
import { type Agent, fetchAgent, findAgentPath } from './agent.ts'
import { type Certificate, decideDoubt, parseCertificate } from './certificate.ts'
import { boundText } from './failure.ts'
import { keyTypeOf } from './fingerprint.ts'
import { fetchCertificates, fetchPrivateKey, fetchPublicBlob, isMissingKey } from './key-file.ts'
import { signWithKey } from './public-key-request.ts'
import type { ResolvedTarget } from './resolve-target.ts'
import type { KeyOffer } from './ssh2-internals.ts'

export interface KeyOffersOptions {
  readonly target: Pick<
    ResolvedTarget,
    | 'authentication'
    | 'explicitKeyPath'
    | 'identityPaths'
    | 'certificatePaths'
    | 'identitiesOnly'
    | 'agentPath'
    | 'user'
  >
  readonly passphrase: () => Promise<string | undefined>
  readonly signal?: AbortSignal | undefined
}

/** The keys and certificates to sign in with, one after another. */
export interface KeyOffers {
  /**
   * In OpenSSH's order: a key that the target names, the agent's keys that the configuration names, the agent's others, the
   * configuration's files; each certificate before its key. With a choice of the person, only what they chose.
   */
  readonly offers: AsyncGenerator<KeyOffer, void>
  /** What was offered and what could not be, for the error's text: names of files, never a value. */
  tried(): readonly string[]
  /** Why the named key, or else the first of the others, could not be offered. */
  problems(): { readonly explicit: AppError | null; readonly other: AppError | null }
}

/** What the agent holds of one key: the key itself, its certificates, or both. */
interface AgentKey {
  readonly publicKey: Buffer
  readonly base: ParsedKey
  readonly hasKey: boolean
  readonly certificates: readonly Certificate[]
}

/** Builds the offers for one connection; files are read and the agent is asked only as far as they are taken. */
export function createKeyOffers({ target, passphrase, signal }: KeyOffersOptions): KeyOffers {
  const tried: string[] = []
  const problems: { explicit: AppError | null; other: AppError | null } = { explicit: null, other: null }
  const offered = new Set<string>()
  let agent: Promise<{ agent: Agent; keys: readonly AgentKey[] } | null> | undefined
  let agentKeys = 0
  let agentKeysOffered = 0

  async function openAgent(): Promise<{ agent: Agent; keys: readonly AgentKey[] } | null> {
    const path = await findAgentPath(target.agentPath)
    if (path === null) return null
    try {
      const opened = await fetchAgent(path, signal)
      const { keys, unusable } = groupIdentities(opened)
      agentKeys = keys.filter(({ hasKey }) => hasKey).length
      for (const type of unusable) tried.push(`agent (${boundText(type, 64)} is not supported)`)
      return { agent: opened, keys }
    } catch (error) {
      if (!isAppError(error, 'ssh.agent-unavailable')) throw error
      tried.push('agent (not available)')
      problems.other ??= error
      return null
    }
  }
  const isNew = (blob: Buffer): boolean => {
    const name = blob.toString('base64')
    if (offered.has(name)) return false
    offered.add(name)
    return true
  }
  const noteCertificate = (certificate: Certificate): void => {
    const doubt = decideDoubt(certificate, target.user, Date.now())
    const name = boundText(certificate.keyId, 100) || `number ${certificate.serial}`
    tried.push(`certificate ${name}${doubt === null ? '' : ` (${doubt})`}`)
  }

  /** What the agent holds, of the given public keys or (null) of all. Certificates from files are signed for by the agent too. */
  async function* fromAgent(
    publicKeys: readonly Buffer[] | null,
    fileCertificates: readonly Certificate[] = [],
  ): AsyncGenerator<KeyOffer, void> {
    agent ??= openAgent()
    const opened = await agent
    if (opened === null) return
    const signWith = (blob: Buffer) => async (data: Buffer, algorithm: string) => {
      try {
        return await opened.agent.sign(blob, data, algorithm)
      } catch (error) {
        tried.push('agent (did not sign)')
        throw error
      }
    }
    for (const { publicKey, base, hasKey, certificates } of opened.keys) {
      if (publicKeys !== null && !publicKeys.some((wanted) => wanted.equals(publicKey))) continue
      for (const certificate of certificates) {
        if (!isNew(certificate.blob)) continue
        noteCertificate(certificate)
        const { type, blob } = certificate
        yield { base, type, blob, sign: signWith(blob) }
      }
      if (!hasKey) continue
      for (const certificate of fileCertificates) {
        if (!certificate.publicKey.equals(publicKey) || !isNew(certificate.blob)) continue
        noteCertificate(certificate)
        const { type, blob } = certificate
        yield { base, type, blob, sign: signWith(publicKey) }
      }
      if (!isNew(publicKey)) continue
      agentKeysOffered++
      yield { base, type: base.type, blob: publicKey, sign: signWith(publicKey) }
    }
  }

  async function* fromFile(path: string, isExplicit: boolean): AsyncGenerator<KeyOffer, void> {
    const known = await fetchPublicBlob(path)
    if (known !== null && offered.has(known.toString('base64'))) return
    let key: ParsedKey
    try {
      key = await fetchPrivateKey(path, passphrase)
    } catch (error) {
      if (!isAppError(error)) throw error
      if (isExplicit) problems.explicit = error
      else if (isMissingKey(error)) return
      else problems.other ??= error
      tried.push(`key ${path} (${error.code.replace('ssh.key-', '')})`)
      return
    }
    const publicKey = key.getPublicSSH()
    const sign = (data: Buffer, algorithm: string) => signWithKey(key, data, algorithm)
    for (const certificate of await fetchCertificates(certificatePathsOf(path))) {
      if (!certificate.publicKey.equals(publicKey) || !isNew(certificate.blob)) continue
      noteCertificate(certificate)
      yield { base: key, type: certificate.type, blob: certificate.blob, sign }
    }
    if (!isNew(publicKey)) return
    tried.push(`key ${path}`)
    yield { base: key, type: key.type, blob: publicKey, sign }
  }
  const certificatePathsOf = (path: string) => [`${path}-cert.pub`, ...target.certificatePaths]

  async function* fromAgentByPaths(paths: readonly string[]): AsyncGenerator<KeyOffer, void> {
    const publicKeys = (await Promise.all(paths.map(fetchPublicBlob))).filter((blob) => blob !== null)
    if (publicKeys.length === 0) return
    const certificates = await fetchCertificates([
      ...paths.map((path) => `${path}-cert.pub`),
      ...target.certificatePaths,
    ])
    yield* fromAgent(publicKeys, certificates)
  }

  async function* offers(): AsyncGenerator<KeyOffer, void> {
    const { authentication, explicitKeyPath, identityPaths, identitiesOnly } = target
    if (explicitKeyPath !== null) {
      yield* fromAgentByPaths([explicitKeyPath])
      yield* fromFile(explicitKeyPath, true)
    }
    if (authentication === 'password' || authentication === 'key') return
    yield* fromAgentByPaths(identityPaths)
    if (!identitiesOnly) yield* fromAgent(null)
    for (const path of identityPaths) yield* fromFile(path, false)
  }

  return {
    offers: offers(),
    tried: () => {
      if (agentKeysOffered === 0) return tried
      const count = agentKeysOffered === agentKeys ? `${agentKeys}` : `${agentKeysOffered} of ${agentKeys}`
      return [`agent (${count} ${agentKeys === 1 ? 'key' : 'keys'})`, ...tried]
    },
    problems: () => problems,
  }
}

/** The agent's identities by key; what ssh2 has no means to verify (FIDO) is left out and named by its type. */
function groupIdentities({ identities }: Agent): { keys: readonly AgentKey[]; unusable: readonly string[] } {
  const groups = new Map<string, { publicKey: Buffer; hasKey: boolean; certificates: Certificate[] }>()
  for (const { blob } of identities) {
    const certificate = parseCertificate(blob)
    if (certificate !== null && certificate.purpose !== 'user') continue
    const publicKey = certificate?.publicKey ?? blob
    const name = publicKey.toString('base64')
    const group = groups.get(name) ?? { publicKey, hasKey: false, certificates: [] }
    if (certificate === null) group.hasKey = true
    else group.certificates.push(certificate)
    groups.set(name, group)
  }
  const keys: AgentKey[] = []
  const unusable = new Set<string>()
  for (const group of groups.values()) {
    const base = ssh2.utils.parseKey(group.publicKey)
    if (base instanceof Error) unusable.add(keyTypeOf(group.publicKey) ?? 'unknown')
    else keys.push({ ...group, base })
  }
  return { keys, unusable: [...unusable] }
}

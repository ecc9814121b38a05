import { stat } from 'node:fs/promises'
import ssh2, { type BaseAgent, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { reasonOf, withDeadline } from './failure.ts'

const TIMEOUT_MS = 5_000
const WINDOWS_PIPE = '\\\\.\\pipe\\openssh-ssh-agent'

/** An ssh-agent with the keys it holds. */
export interface AgentKeys {
  readonly path: string
  readonly keys: readonly ParsedKey[]
  /** An agent for ssh2 that offers only the given keys and lets the real one sign. */
  offering(keys: readonly ParsedKey[]): BaseAgent
}

/**
 * Where the agent listens: what was resolved from configuration and environment; on Windows, where nothing is set,
 * the pipe of OpenSSH's service or else Pageant. Null: there is none.
 */
export async function findAgentPath(configured: string | null | undefined): Promise<string | null> {
  if (configured === null) return null
  if (configured !== undefined && configured !== '') return configured
  if (process.platform !== 'win32') return null
  const hasPipe = await stat(WINDOWS_PIPE).then(
    () => true,
    () => false,
  )
  return hasPipe ? WINDOWS_PIPE : 'pageant'
}

/** Asks an agent for its keys. Keys that ssh2 cannot use (FIDO) are left out. Errors: ssh.agent-unavailable, ssh.aborted. */
export async function fetchAgentKeys(path: string, signal?: AbortSignal): Promise<AgentKeys> {
  const unavailable = (reason: string, cause?: unknown) =>
    new AppError('ssh.agent-unavailable', { path, reason }, { cause })
  const agent = ssh2.createAgent(path)
  const listing = new Promise<readonly ParsedKey[]>((resolve, reject) => {
    agent.getIdentities((error, identities) => {
      if (error) reject(unavailable(reasonOf(error), error))
      else resolve((identities ?? []).flatMap(toParsedKey))
    })
  })
  const timedOut = () => unavailable(`no answer in ${TIMEOUT_MS} ms`)
  const keys = await withDeadline(listing, { timeoutMs: TIMEOUT_MS, signal, operation: 'ssh-agent', timedOut })
  return { path, keys, offering: (offered) => new OfferingAgent(agent, offered) }
}

function toParsedKey(identity: unknown): ParsedKey[] {
  if (typeof identity !== 'object' || identity === null) return []
  if ('getPublicSSH' in identity) return [identity as ParsedKey]
  const key = ssh2.utils.parseKey(identity as Buffer)
  return key instanceof Error ? [] : [key]
}

class OfferingAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: BaseAgent
  readonly #keys: readonly ParsedKey[]

  constructor(agent: BaseAgent, keys: readonly ParsedKey[]) {
    super()
    this.#agent = agent
    this.#keys = keys
  }

  override getIdentities(callback: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
    callback(null, [...this.#keys])
  }

  override sign(key: ParsedKey, data: Buffer, callback: SignCallback): void
  override sign(key: ParsedKey, data: Buffer, options: SigningRequestOptions, callback?: SignCallback): void
  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options)
    else this.#agent.sign(key, data, options, callback)
  }
}

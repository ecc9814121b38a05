import { stat } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import ssh2, { type BaseAgent } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import {
  type AgentIdentity,
  packIdentitiesRequest,
  packSignRequest,
  parseAgentMessage,
  parseIdentities,
  parseSignature,
} from './agent-protocol.ts'
import { reasonOf, withDeadline } from './failure.ts'

const LIST_TIMEOUT_MS = 5_000
/** A person may be asked whether the agent is to sign (`ssh-add -c`); the attempt to connect has a limit of its own. */
const SIGN_TIMEOUT_MS = 120_000
const WINDOWS_PIPE = '\\\\.\\pipe\\openssh-ssh-agent'

/** An ssh-agent with what it holds: keys and certificates as public blobs. */
export interface Agent {
  readonly path: string
  readonly identities: readonly AgentIdentity[]
  /**
   * Signs with the key of `blob`. The signature has its algorithm's name before it (RFC 4253, 6.6).
   * Errors: ssh.agent-unavailable (also when it refuses), ssh.aborted.
   */
  sign(blob: Buffer, data: Buffer, algorithm: string): Promise<Buffer>
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

/** Asks an agent for what it holds. Errors: ssh.agent-unavailable, ssh.aborted. */
export async function fetchAgent(path: string, signal?: AbortSignal): Promise<Agent> {
  // ssh2's agents know how to reach Windows' pipes, Pageant and Cygwin. They leave certificates out, so that what is said
  // over their streams is our own.
  const agent = ssh2.createAgent(path)
  const ask = <T>(request: Buffer, parse: (answer: Buffer) => T | null, timeoutMs: number): Promise<T> => {
    const unavailable = (reason: string, cause?: unknown) =>
      new AppError('ssh.agent-unavailable', { path, reason }, { cause })
    const controller = new AbortController()
    const asking = askOnce(agent, request, controller.signal).then(
      (answer) => parse(answer) ?? Promise.reject(unavailable('refused by the agent')),
      (error: unknown) => Promise.reject(unavailable(reasonOf(error), error)),
    )
    const timedOut = () => unavailable(`no answer in ${timeoutMs} ms`)
    return withDeadline(asking, { timeoutMs, signal, operation: 'ssh-agent', timedOut }).finally(() =>
      controller.abort(),
    )
  }
  const identities = await ask(packIdentitiesRequest(), parseIdentities, LIST_TIMEOUT_MS)
  return {
    path,
    identities,
    sign: (blob, data, algorithm) => ask(packSignRequest(blob, data, algorithm), parseSignature, SIGN_TIMEOUT_MS),
  }
}

/** One request over a stream of its own, as Pageant wants it. The stream is closed with the answer, or by the signal. */
function askOnce(agent: BaseAgent, request: Buffer, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (agent.getStream === undefined) {
      reject(new Error('no stream'))
      return
    }
    agent.getStream((error, stream?: Duplex) => {
      if (error || stream === undefined) {
        reject(error ?? new Error('no stream'))
        return
      }
      let received = Buffer.alloc(0)
      const close = (): void => {
        stream.destroy()
      }
      signal.addEventListener('abort', close)
      if (signal.aborted) close()
      stream.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk])
        try {
          const answer = parseAgentMessage(received)
          if (answer === null) return
          resolve(answer)
        } catch (tooLong) {
          reject(tooLong)
        }
        close()
      })
      const ended = (): void => reject(new Error('the agent hung up'))
      stream.on('error', reject).on('end', ended).on('close', ended)
      stream.write(request)
    })
  })
}

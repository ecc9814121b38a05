import { X509Certificate } from 'node:crypto'
import type { RequestOptions } from 'node:http'
import type { PeerCertificate } from 'node:tls'
import { AppError } from '../../../shared/errors/index.ts'
import { httpRequest, httpsRequest } from '../node-http.ts'
import type { EngineFile } from '../server/engine-file.ts'

const RESPONSE_LIMIT_BYTES = 512 * 1024 * 1024

/** TLS settings that accept exactly the certificate of `engine.json`, whatever name the server is reached by. */
export function pinnedTls(certificate: string | undefined) {
  if (certificate === undefined) return {}
  const pinned = new X509Certificate(certificate).fingerprint256
  return {
    ca: certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: (_name: string, peer: PeerCertificate) =>
      peer.fingerprint256 === pinned ? undefined : new Error('not the certificate of engine.json'),
  }
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** Null: as long as it takes (a task). */
  readonly timeoutMs: number | null
  readonly signal?: AbortSignal
  /** Default true. */
  readonly authorized?: boolean
}

/** Asks a running engine. Resolves with the JSON it answers, whatever the status; rejects with `transport.lost`. */
export function requestJson(engine: EngineFile, options: JsonRequest): Promise<unknown> {
  const url = new URL(options.path, engine.url)
  const body = options.body === undefined ? undefined : JSON.stringify(options.body)
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(options.authorized === false ? {} : { authorization: `Bearer ${engine.token}` }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  }
  const settings: RequestOptions = {
    method: options.method,
    headers,
    agent: false,
    ...pinnedTls(engine.certificate),
    ...(options.timeoutMs === null ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  return new Promise((resolve, reject) => {
    const lost = (reason: string, cause?: unknown) => {
      reject(new AppError('transport.lost', { reason }, { retry: 'after-refresh', cause }))
    }
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, settings, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > RESPONSE_LIMIT_BYTES) response.destroy(new Error('the answer is too large'))
        else chunks.push(chunk)
      })
      response.on('error', (error) => lost(error.message, error))
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
        } catch (error) {
          lost(`the answer with status ${response.statusCode} is not JSON`, error)
        }
      })
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${options.timeoutMs} ms`)))
    request.on('error', (error) => lost(error.message, error))
    request.end(body)
  })
}

import WebSocket from 'ws'
import { type CommandPlan, FRAME_LIMIT_BYTES, type Result, type ServerFrame } from '../../../shared/contract/index.ts'
import { AppError, type WireError } from '../../../shared/errors/index.ts'
import type { TransferLink, TransferLinkListener } from '../../../shared/transfer/index.ts'
import type { EngineFile } from '../server/engine-file.ts'
import type { AnyEntity, EngineAccess, TopicAddressText, WatchFrame } from './engine-access.ts'
import { pinnedTls, requestJson } from './remote-request.ts'

const READ_TIMEOUT_MS = 60_000
const HANDSHAKE_TIMEOUT_MS = 10_000
const SUBSCRIPTION_ID = 1

/** An engine that runs in another process, by what its `engine.json` says. */
export function createRemoteEngine(engine: EngineFile): EngineAccess {
  return {
    async call(command, input) {
      const path = `/api/commands/${encodeURIComponent(command)}`
      // No time limit: a task takes what it takes, and the engine bounds it.
      return asResult(await requestJson(engine, { method: 'POST', path, body: input, timeoutMs: null }))
    },
    async plan(command, input) {
      const path = `/api/plans/${encodeURIComponent(command)}`
      const answer = await requestJson(engine, { method: 'POST', path, body: input, timeoutMs: READ_TIMEOUT_MS })
      return asResult(answer) as Result<CommandPlan>
    },
    async read({ topic, key }) {
      const query = key === undefined ? '' : `?key=${encodeURIComponent(key)}`
      const path = `/api/topics/${encodeURIComponent(topic)}${query}`
      const result = asResult(await requestJson(engine, { method: 'GET', path, timeoutMs: READ_TIMEOUT_MS }))
      return result as Result<readonly AnyEntity[]>
    },
    watch: (address, onFrame, signal) => watchRemote(engine, address, onFrame, signal),
    openTransfer: (path, listener) => openRemoteTransfer(engine, path, listener),
    close: () => Promise.resolve(),
  }
}

function asResult(answer: unknown): Result<unknown> {
  if (typeof answer === 'object' && answer !== null && 'ok' in answer && typeof answer.ok === 'boolean') {
    return answer as Result<unknown>
  }
  throw new AppError('transport.lost', { reason: 'the answer is not a result' })
}

function openRemoteTransfer(engine: EngineFile, path: string, listener: TransferLinkListener): TransferLink {
  const socket = new WebSocket(`${engine.url.replace(/^http/, 'ws')}${path}`, {
    headers: { authorization: `Bearer ${engine.token}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // Images are packed already, or have nothing to pack.
    perMessageDeflate: false,
    ...pinnedTls(engine.certificate),
  })
  socket.on('message', (data: Buffer) => listener.message(data))
  // What was wrong is followed by 'close', after which another socket is tried.
  socket.on('error', () => undefined)
  socket.on('close', () => listener.closed())
  // Who takes a file speaks first, before the socket is open.
  const early: Uint8Array[] = []
  const send = (bytes: Uint8Array) => socket.send(bytes, { binary: true })
  socket.on('open', () => {
    for (const bytes of early.splice(0)) send(bytes)
  })
  return {
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) send(bytes)
      else if (socket.readyState === WebSocket.CONNECTING) early.push(bytes)
    },
    close: () => socket.close(),
  }
}

function watchRemote(
  engine: EngineFile,
  { topic, key }: TopicAddressText,
  onFrame: (frame: WatchFrame) => void,
  signal: AbortSignal,
): Promise<WireError | null> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${engine.url.replace(/^http/, 'ws')}/api/socket`, {
      headers: { authorization: `Bearer ${engine.token}` },
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: FRAME_LIMIT_BYTES,
      ...pinnedTls(engine.certificate),
    })
    let ended: WireError | null = null
    let failure = 'the engine closed the connection'
    const onAbort = () => socket.close()
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('open', () => {
      socket.send(JSON.stringify({ t: 'subscribe', id: SUBSCRIPTION_ID, topic, ...(key === undefined ? {} : { key }) }))
    })
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as ServerFrame
      if (frame.t === 'snapshot') {
        onFrame({ t: 'snapshot', epoch: frame.epoch, rev: frame.rev, entities: frame.entities })
      } else if (frame.t === 'patch') {
        onFrame({ t: 'patch', rev: frame.rev, upsert: frame.upsert, remove: frame.remove })
      } else if (frame.t === 'closed') {
        ended = frame.error
        socket.close()
      }
    })
    socket.on('error', (error) => {
      failure = error.message
    })
    socket.on('close', () => {
      signal.removeEventListener('abort', onAbort)
      if (ended !== null || signal.aborted) resolve(ended)
      else reject(new AppError('transport.lost', { reason: failure }, { retry: 'safe' }))
    })
    if (signal.aborted) onAbort()
  })
}
